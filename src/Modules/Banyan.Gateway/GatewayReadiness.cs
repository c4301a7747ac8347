using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway;

/// <summary>
/// Whether the gateway knows enough to answer as declared: routes, traffic policies, instances and certificates, each read wholly at least once. A successor
/// takes the listeners over only then, so that no limit is open for a moment.
/// </summary>
internal sealed class GatewayReadiness(RouteTable routes, PoliciesInForce policies, ClusterTable clusters, CertificateTable certificates)
{
    /// <summary>Null when it does.</summary>
    public string? NotReadyBecause =>
        routes.Current is null ? "routes are not read from the store yet"
        : !policies.AreRead ? "traffic policies are not read from the store yet"
        : !clusters.Synced ? "the list of instances has not come from the registry yet"
        : certificates.Current is null ? "certificates are not read from the store yet"
        : null;
}
