using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests;

public sealed class GatewayReadinessTests
{
    [Fact]
    public void Not_ready_until_everything_has_been_read_once_be_it_empty()
    {
        var clusters = GivenClusters.Table();
        var (routes, policies, certificates) = (new RouteTable(clusters), new PoliciesInForce((_, _) => { }), new CertificateTable());
        var readiness = new GatewayReadiness(routes, policies, clusters, certificates);

        Assert.Contains("routes", readiness.NotReadyBecause, StringComparison.Ordinal);
        routes.Replace([]);
        Assert.Contains("policies", readiness.NotReadyBecause, StringComparison.Ordinal);
        policies.Replace([]);
        Assert.Contains("instances", readiness.NotReadyBecause, StringComparison.Ordinal);
        clusters.Apply(new WatchResponse { Reset = true });
        Assert.Contains("certificates", readiness.NotReadyBecause, StringComparison.Ordinal);
        certificates.Replace([]);
        Assert.Null(readiness.NotReadyBecause);
    }
}
