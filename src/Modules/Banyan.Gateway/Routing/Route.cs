using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing;

/// <summary>One compiled route. Immutable, apart from the counters and the cluster it points to, which both outlive it.</summary>
internal sealed class Route(RouteName name, IReadOnlyList<string> hosts, string path, bool stripPrefix, TimeSpan? responseHeaderTimeout, ClusterState cluster, RouteCounters counters)
{
    public RouteName Name { get; } = name;

    /// <summary>The name as metrics and logs carry it; made once.</summary>
    public string Tag { get; } = name.ToString();

    public IReadOnlyList<string> Hosts { get; } = hosts;

    public string Path { get; } = path;

    /// <summary>How many leading segments the service does not get to see.</summary>
    public int StripSegments { get; } = stripPrefix ? RequestPath.CountSegments(path) : 0;

    /// <summary>Null = the gateway's option.</summary>
    public TimeSpan? ResponseHeaderTimeout { get; } = responseHeaderTimeout;

    public ClusterState Cluster { get; } = cluster;

    public RouteCounters Counters { get; } = counters;
}
