using Banyan.Gateway.Clusters;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Routing;

/// <summary>
/// One compiled route: what it takes and what is done with it. Immutable, apart from the counters and the clusters it points to, which both outlive it. A route
/// whose declaration did not change stays the same object when others change.
/// </summary>
internal sealed class Route
{
    public required RouteName Name { get; init; }

    /// <summary>The name as metrics and logs carry it; made once.</summary>
    public required string Tag { get; init; }

    /// <summary>Lower-case, without root dot; empty = every host.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    public required PathPattern Pattern { get; init; }

    public required RoutePredicates Predicates { get; init; }

    /// <summary>The route's age in ticks; of two routes that are equal otherwise the lower one wins.</summary>
    public required long Order { get; init; }

    /// <summary>The path as declared.</summary>
    public string Path => Pattern.Text;

    /// <summary>
    /// The service; with a <see cref="Split"/> the one of the last part. A route that answers itself (<see cref="Redirect"/>, <see cref="Answer"/>) has an empty
    /// cluster that nobody asks.
    /// </summary>
    public required ClusterState Cluster { get; init; }

    /// <summary>Shares of several services; null = all goes to <see cref="Cluster"/>.</summary>
    public TrafficSplit? Split { get; init; }

    /// <summary>Copies of requests for another service; null = none.</summary>
    public TrafficMirror? Mirror { get; init; }

    /// <summary>What the service sees as target; null = the client's.</summary>
    public TargetRewrite? Target { get; init; }

    /// <summary>What the service sees as <c>Host</c>; null = the client's.</summary>
    public HostRewrite? Host { get; init; }

    /// <summary>Changes of the request's fields after the gateway's own were set; null = none.</summary>
    public FieldChanges? RequestFields { get; init; }

    /// <summary>Changes of the fields of the service's answers, redirects and fixed answers; null = none. Failures stay as they are.</summary>
    public FieldChanges? ResponseFields { get; init; }

    /// <summary>The client is sent elsewhere; null = no.</summary>
    public RedirectAnswer? Redirect { get; init; }

    /// <summary>The gateway answers this itself; null = no.</summary>
    public FixedAnswer? Answer { get; init; }

    public PhaseTimeouts Timeouts { get; init; } = PhaseTimeouts.None;

    /// <summary>What the route leaves of its service's retries; null = all.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>What a balancer that hashes keeps on one endpoint; null = what the service's policy says.</summary>
    public KeySource? HashOn { get; init; }

    public required RouteCounters Counters { get; init; }

    /// <summary>Null = the gateway's option.</summary>
    public TimeSpan? ResponseHeaderTimeout => Timeouts.ResponseHeader;

    /// <summary>True when the gateway answers without a service.</summary>
    public bool AnswersItself => Redirect is not null || Answer is not null;

    /// <summary>The service for this request. Allocates nothing.</summary>
    public ClusterState ClusterFor(in RequestMatch request) => Split is { } split ? split.Parts[split.PartOf(request)].Cluster : Cluster;
}
