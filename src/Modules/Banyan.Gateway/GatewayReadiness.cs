using Banyan.Gateway.Clusters;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway;

/// <summary>Whether the gateway knows enough to answer: routes and instances, each read wholly at least once.</summary>
internal sealed class GatewayReadiness(RouteTable routes, ClusterTable clusters)
{
    /// <summary>Null when it does.</summary>
    public string? NotReadyBecause =>
        routes.Current is null ? "routes are not read from the store yet" : !clusters.Synced ? "the list of instances has not come from the registry yet" : null;
}
