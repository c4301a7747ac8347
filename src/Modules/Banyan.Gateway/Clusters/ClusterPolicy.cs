using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Retries;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// The settings of a cluster with what counts by them. A new one takes its place when they change, so whoever has begun something with a part of it (a retry, a
/// wait) ends it with that same part.
/// </summary>
internal sealed class ClusterPolicy
{
    /// <summary>Keeps of the policy before what its settings are the same for.</summary>
    public ClusterPolicy(TrafficSettings settings, ClusterPolicy? before)
    {
        Settings = settings;
        var sameConcurrency = before?.Settings.Concurrency == settings.Concurrency;
        Concurrency = sameConcurrency ? before!.Concurrency : new ConcurrencyLimit(settings.Concurrency);
        Room = sameConcurrency ? before!.Room : new WaitingRoom(settings.Concurrency);
        Retries = before?.Settings.Retries == settings.Retries ? before.Retries : new RetryBudget(settings.Retries);
        RateLimits = [.. settings.RateLimits.Select(limit => before?.RateLimits.FirstOrDefault(known => known.Settings == limit) ?? new RateLimit(limit))];
    }

    public TrafficSettings Settings { get; }

    public ConcurrencyLimit Concurrency { get; }

    public WaitingRoom Room { get; }

    public RetryBudget Retries { get; }

    public RateLimit[] RateLimits { get; }
}
