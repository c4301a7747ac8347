using System.Text.Json.Nodes;

namespace Banyan.Console.State;

/// <summary>What the gateway of this process said of itself at one moment.</summary>
/// <param name="At">A timestamp of the clock.</param>
/// <param name="Seconds">Time since <paramref name="Before"/>; 0 without one.</param>
/// <param name="Routes">Its table of routes with their counters.</param>
/// <param name="Clusters">Its view of services and instances; null when it has none.</param>
/// <param name="Before">The table of routes one reading earlier, for rates; null for the first one after a pause.</param>
internal sealed record GatewayReading(long At, double Seconds, JsonObject Routes, JsonObject? Clusters, JsonObject? Before);
