using Banyan.Contracts.Registry.V1;

namespace Banyan.Gateway.Clusters;

/// <summary>One instance with its state at one moment.</summary>
/// <param name="Endpoint">The instance as it is called.</param>
/// <param name="State">The registry's word.</param>
/// <param name="Reason">Why it is in that state.</param>
/// <param name="Zone">Where it runs; empty = not said.</param>
/// <param name="Weight">Its relative share, at least 1.</param>
internal sealed record ClusterMember(Endpoint Endpoint, InstanceState State, string Reason, string Zone, int Weight);
