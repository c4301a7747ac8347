using Banyan.Gateway.Balancing;
using Banyan.Gateway.Ejection;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Policies;

/// <summary>How requests to one service are spread and protected: a compiled <c>TrafficPolicy</c>, or the defaults, which are on without one. Immutable.</summary>
internal sealed record TrafficSettings
{
    /// <summary>What holds for a service without a policy.</summary>
    public static readonly TrafficSettings Default = new();

    /// <summary>How the instance is chosen.</summary>
    public BalancerKind Balancer { get; init; }

    /// <summary>What a request's key is where its route does not say; only with <see cref="BalancerKind.Hash"/>.</summary>
    public KeySource HashOn { get; init; } = KeySource.Address;

    /// <summary>With <see cref="BalancerKind.Hash"/>: how many times its fair part of the requests in progress an instance may have before keys move on.</summary>
    public double HashBound { get; init; } = 1.25;

    /// <summary>How long a new or returned instance takes to come to its full weight; zero = at once.</summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True: instances in the gateway's own zone are preferred.</summary>
    public bool PreferZone { get; init; } = true;

    /// <summary>
    /// Of the zone's fair part of the service's whole weight, the part that must be able to take requests for all of them to stay in the zone. Below it, the
    /// rest goes to other zones, in proportion.
    /// </summary>
    public double ZoneSpillBelow { get; init; } = 0.7;

    public EjectionSettings Ejection { get; init; } = new();

    public BreakerSettings Breaker { get; init; } = new();

    public ConcurrencySettings Concurrency { get; init; } = new();

    public RetrySettings Retries { get; init; } = new();

    /// <summary>Each must admit a request. Empty = none.</summary>
    public IReadOnlyList<RateLimitSettings> RateLimits { get; init; } = [];
}
