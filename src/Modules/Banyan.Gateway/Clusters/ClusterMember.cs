using Banyan.Contracts.Registry.V1;

namespace Banyan.Gateway.Clusters;

/// <summary>One instance with its state at one moment.</summary>
internal sealed record ClusterMember(Endpoint Endpoint, InstanceState State, string Reason);
