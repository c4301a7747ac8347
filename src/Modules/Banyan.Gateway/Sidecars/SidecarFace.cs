using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Routing;
using Banyan.Hosting;

namespace Banyan.Gateway.Sidecars;

/// <summary>One side of the sidecar: a listener, and the small table of what it leads to.</summary>
/// <param name="name">For logs and metrics: <c>outbound</c>, <c>port-9001</c>, <c>inbound</c>.</param>
/// <param name="setting">The setting its address comes from.</param>
/// <param name="address">Where it listens.</param>
/// <param name="clusters">Whom it leads to.</param>
/// <param name="options">The sidecar's.</param>
internal sealed class SidecarFace(string name, string setting, ListenAddress address, ClusterTable clusters, EngineOptions options)
{
    public string Name { get; } = name;

    public string Setting { get; } = setting;

    public ListenAddress Address { get; } = address;

    public ClusterTable Clusters { get; } = clusters;

    public RouteTable Routes { get; } = new(clusters);

    /// <summary>One for each face: what goes out here may come back in there, and is no loop.</summary>
    public GatewayIdentity Identity { get; } = new(options);

    /// <summary>What is said of a host that leads nowhere; only hosts of outbound can.</summary>
    public Func<string, Failure> Unrouted { get; init; } = static _ => new Failure(FailureReason.NoRoute);

    /// <summary>What is said when whom it leads to does not accept connections; by default what the gateway says.</summary>
    public Func<Failure, Failure> Unreached { get; init; } = static failure => failure;
}
