using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Retries;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Clusters by a clock of the test's, and by fixed chance.</summary>
internal static class GivenClusters
{
    public static ClusterContext Context(TimeProvider? clock = null, string zone = "", ulong seed = 7) => new(clock ?? TimeProvider.System, zone, seed, NullLogger.Instance);

    public static ClusterTable Table() => new(Context());

    /// <summary>A cluster <c>default/pets</c> with instances <c>pets-1</c> and so on, all up.</summary>
    public static ClusterState Cluster(int instances, ManualClock? clock = null, string zone = "", TrafficSettings? settings = null)
    {
        var cluster = new ClusterState(new ServiceName("default", "pets"), Context(clock ?? new ManualClock(), zone));
        if (settings is not null)
        {
            cluster.Use(settings);
        }

        cluster.Replace(Enumerable.Range(1, instances).Select(i => Pet(i)));
        return cluster;
    }

    /// <summary>As if each instance had answered often enough, always in this time, for a read that takes longer to be asked of a second one too.</summary>
    public static void BeginHedging(this ClusterState cluster, TimeProvider clock, TimeSpan usual, Func<RetrySettings, RetrySettings>? with = null, int samples = 100_000)
    {
        var retries = TrafficSettings.Default.Retries with { Hedge = true, HedgeMinDelay = TimeSpan.FromMilliseconds(1) };
        cluster.Use(TrafficSettings.Default with { Retries = with?.Invoke(retries) ?? retries });
        foreach (var member in cluster.Members)
        {
            // So many that fading leaves enough for as long as a test may take.
            for (var i = 0; i < samples; i++)
            {
                member.Endpoint.Begin();
                member.Endpoint.End(new Outcome(OutcomeKind.Answered, clock.NowTicks() + (i == samples - 1 ? TimeSpan.TicksPerSecond : 0), usual.Ticks));
            }
        }
    }

    public static Instance Pet(int number, InstanceState state = InstanceState.Up, uint weight = 0, string zone = "")
    {
        var pet = Entries.Instance("pets", $"pets-{number}", 7000 + number, state);
        pet.Weight = weight;
        pet.Zone = zone;
        return pet;
    }

    /// <summary>One whole request: picked, begun, ended after <paramref name="latency"/>, without the clock being moved.</summary>
    public static Endpoint Serve(this ClusterState cluster, ManualClock clock, Func<Endpoint, OutcomeKind>? outcome = null, Func<Endpoint, TimeSpan>? latency = null, ulong key = 0)
    {
        var endpoint = cluster.Pick(new PickRequest(clock.NowTicks()) { Key = key }).Endpoint!;
        endpoint.Begin();
        endpoint.End(new Outcome(outcome?.Invoke(endpoint) ?? OutcomeKind.Answered, clock.NowTicks(), (latency?.Invoke(endpoint) ?? TimeSpan.FromMilliseconds(1)).Ticks));
        return endpoint;
    }
}
