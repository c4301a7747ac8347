using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Clusters;

/// <summary>What all clusters of a gateway have in common.</summary>
/// <param name="Clock">Time, for callers that bring none.</param>
/// <param name="Zone">Where the gateway runs; empty = not said, and zones make no difference.</param>
/// <param name="Seed">Chance begins here.</param>
/// <param name="Log">Takes ejections and circuits.</param>
internal sealed record ClusterContext(TimeProvider Clock, string Zone, ulong Seed, ILogger Log);
