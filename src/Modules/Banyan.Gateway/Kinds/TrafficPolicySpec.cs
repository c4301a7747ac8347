namespace Banyan.Gateway.Kinds;

/// <summary>How a service's owner wants requests to it spread and protected. What is absent keeps its default, which is on without a policy.</summary>
public sealed record TrafficPolicySpec
{
    /// <summary>The service, of the policy's own domain. A service has one policy at most.</summary>
    public required string Service { get; init; }

    /// <summary>
    /// How the instance is chosen: <c>roundRobin</c> (default), <c>random</c>, <c>leastRequest</c>, <c>leastLatency</c> (the better of two by recent latency and
    /// requests in progress) or <c>hash</c> (one key to one instance).
    /// </summary>
    public string? Balancer { get; init; }

    /// <summary>
    /// With <c>hash</c>: what the key is where the route does not say. <c>address</c> (default), <c>user</c>, <c>tenant</c>, <c>device</c>, <c>header:NAME</c> or
    /// <c>cookie:NAME</c>.
    /// </summary>
    public string? HashOn { get; init; }

    /// <summary>How long a new or returned instance takes to come to its full weight: <c>0s</c> to <c>10m</c>, default <c>10s</c>.</summary>
    public string? SlowStart { get; init; }

    /// <summary>False: zones make no difference. Default true: instances of the gateway's zone are preferred while the zone can take it.</summary>
    public bool? PreferZone { get; init; }

    /// <summary>When an instance that is worse than its peers is left out.</summary>
    public EjectionSpec? Ejection { get; init; }

    /// <summary>When the service as a whole is left alone.</summary>
    public CircuitSpec? Circuit { get; init; }

    /// <summary>How many requests may be in progress.</summary>
    public ConcurrencySpec? Concurrency { get; init; }

    /// <summary>How much may be tried again.</summary>
    public RetriesSpec? Retries { get; init; }

    /// <summary>How many requests there may be from whom. All of them must admit a request; at most 16.</summary>
    public IReadOnlyList<RateLimitSpec>? RateLimits { get; init; }
}
