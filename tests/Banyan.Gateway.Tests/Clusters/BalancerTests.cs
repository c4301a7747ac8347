using Banyan.Gateway.Balancing;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Clusters;

/// <summary>The balancers on whole clusters, by simulation: one clock, fixed chance.</summary>
public sealed class BalancerTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(nameof(BalancerKind.RoundRobin), 0)]
    [InlineData(nameof(BalancerKind.Random), 0.02)]
    public void Requests_are_shared_in_proportion_to_weight(string kind, double tolerance)
    {
        var cluster = Cluster(Enum.Parse<BalancerKind>(kind));
        cluster.Replace([GivenClusters.Pet(1, weight: 100), GivenClusters.Pet(2, weight: 300)]);

        var second = Enumerable.Range(0, 10_000).Count(_ => cluster.Serve(_clock).Id == "pets-2");
        Assert.InRange(second, (0.75 - tolerance) * 10_000, (0.75 + tolerance) * 10_000);
    }

    [Fact]
    public void Least_request_takes_the_one_with_fewest_in_progress_for_its_weight()
    {
        var cluster = Cluster(BalancerKind.LeastRequest);
        cluster.Replace([GivenClusters.Pet(1, weight: 100), GivenClusters.Pet(2, weight: 100), GivenClusters.Pet(3, weight: 200)]);
        for (var i = 0; i < 40; i++)
        {
            Pick(cluster).Begin();
        }

        Assert.Equal([10, 10, 20], cluster.Members.Select(m => m.Endpoint.Active));
    }

    [Fact]
    public void Least_latency_avoids_the_slow_instance_and_tries_it_again_when_it_is_fast()
    {
        var cluster = Cluster(BalancerKind.LeastLatency, instances: 4);
        var slow = TimeSpan.FromMilliseconds(80);
        var first = Run(TimeSpan.FromSeconds(20));
        Assert.InRange(first, 0.0001, 0.06);

        slow = TimeSpan.FromMilliseconds(2);
        Run(TimeSpan.FromSeconds(30));
        Assert.InRange(Run(TimeSpan.FromSeconds(20)), 0.15, 0.35);

        // 100 requests a second, one of the four instances slower; the share it gets.
        double Run(TimeSpan time)
        {
            var (all, toSlow) = (0, 0);
            for (var at = TimeSpan.Zero; at < time; at += TimeSpan.FromMilliseconds(10))
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
                var endpoint = cluster.Serve(_clock, latency: e => e.Id == "pets-3" ? slow : TimeSpan.FromMilliseconds(2));
                all++;
                toSlow += endpoint.Id == "pets-3" ? 1 : 0;
            }

            return (double)toSlow / all;
        }
    }

    [Fact]
    public void Least_latency_is_not_drawn_to_an_instance_that_fails_fast()
    {
        var cluster = Cluster(BalancerKind.LeastLatency, instances: 3, s => s with { Ejection = s.Ejection with { Enabled = false }, Breaker = s.Breaker with { Enabled = false } });
        var failing = 0;
        for (var i = 0; i < 3000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            var endpoint = cluster.Serve(
                _clock, e => e.Id == "pets-1" ? OutcomeKind.ServerError : OutcomeKind.Answered, e => e.Id == "pets-1" ? TimeSpan.FromMicroseconds(50) : TimeSpan.FromMilliseconds(5));
            failing += endpoint.Id == "pets-1" ? 1 : 0;
        }

        Assert.InRange(failing, 1, 90);
    }

    [Fact]
    public void Hash_sends_one_key_to_one_instance_and_spreads_keys()
    {
        var cluster = Cluster(BalancerKind.Hash, instances: 5);
        var owners = Enumerable.Range(1, 1000).ToDictionary(k => (ulong)k, k => cluster.Serve(_clock, key: (ulong)k).Id);

        Assert.All(owners, o => Assert.Equal(o.Value, cluster.Serve(_clock, key: o.Key).Id));
        Assert.All(owners.Values.GroupBy(o => o), g => Assert.InRange(g.Count(), 120, 290));
    }

    [Fact]
    public void Hash_keeps_every_instance_within_its_bound_when_one_key_is_hot()
    {
        var cluster = Cluster(BalancerKind.Hash, instances: 4);
        for (var i = 1; i <= 400; i++)
        {
            var endpoint = cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = 42 }).Endpoint!;
            endpoint.Begin();
            Assert.True(endpoint.Active <= Math.Ceiling(1.25 * i / 4), $"{endpoint.Id} has {endpoint.Active} of {i}");
        }

        Assert.All(cluster.Members, m => Assert.InRange(m.Endpoint.Active, 25, 125));
    }

    [Theory]
    [InlineData(nameof(BalancerKind.RoundRobin))]
    [InlineData(nameof(BalancerKind.Random))]
    [InlineData(nameof(BalancerKind.LeastRequest))]
    [InlineData(nameof(BalancerKind.LeastLatency))]
    [InlineData(nameof(BalancerKind.Hash))]
    public void Tried_instances_are_picked_only_when_there_is_no_other(string kind)
    {
        var cluster = Cluster(Enum.Parse<BalancerKind>(kind), instances: 3);
        for (var i = 1; i <= 50; i++)
        {
            var tried = default(TriedEndpoints);
            var seen = new HashSet<string>();
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var endpoint = cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = (ulong)i, Tried = tried }).Endpoint!;
                Assert.True(seen.Add(endpoint.Id));
                tried.Add(endpoint);
            }

            Assert.NotNull(cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = (ulong)i, Tried = tried }).Endpoint);
        }
    }

    [Theory]
    [InlineData(nameof(BalancerKind.RoundRobin))]
    [InlineData(nameof(BalancerKind.LeastRequest))]
    [InlineData(nameof(BalancerKind.LeastLatency))]
    public void Slow_start_ramps_a_new_instance_and_then_gives_it_its_full_part(string kind)
    {
        var cluster = Cluster(Enum.Parse<BalancerKind>(kind), instances: 3);
        Share(TimeSpan.FromSeconds(5));
        cluster.Put(GivenClusters.Pet(4));

        var early = Share(TimeSpan.FromSeconds(2));
        var middle = Share(TimeSpan.FromSeconds(6));
        Share(TimeSpan.FromSeconds(3));
        var late = Share(TimeSpan.FromSeconds(5));
        Assert.InRange(early, 0.001, 0.10);
        Assert.InRange(middle, early, 0.24);
        Assert.InRange(late, 0.22, 0.28);

        // The share of the newcomer, at 20 requests in progress, each taking 40 ms.
        double Share(TimeSpan time)
        {
            var running = new Queue<Endpoint>();
            var (all, toNew) = (0, 0);
            for (var at = TimeSpan.Zero; at < time; at += TimeSpan.FromMilliseconds(2))
            {
                _clock.Advance(TimeSpan.FromMilliseconds(2));
                var endpoint = Pick(cluster);
                endpoint.Begin();
                running.Enqueue(endpoint);
                all++;
                toNew += endpoint.Id == "pets-4" ? 1 : 0;
                while (running.Count > 20)
                {
                    running.Dequeue().End(new Outcome(OutcomeKind.Answered, _clock.NowTicks(), TimeSpan.FromMilliseconds(40).Ticks));
                }
            }

            while (running.TryDequeue(out var left))
            {
                left.End(new Outcome(OutcomeKind.Answered, _clock.NowTicks(), TimeSpan.FromMilliseconds(40).Ticks));
            }

            return (double)toNew / all;
        }
    }

    [Fact]
    public void First_instances_of_a_service_need_no_slow_start()
    {
        var cluster = Cluster(BalancerKind.RoundRobin, instances: 2);

        Assert.All(cluster.Members, m => Assert.False(m.Endpoint.IsRamping));
    }

    private static Endpoint PickAt(ClusterState cluster, ManualClock clock) => cluster.Pick(new PickRequest(clock.NowTicks())).Endpoint!;

    private Endpoint Pick(ClusterState cluster) => PickAt(cluster, _clock);

    private ClusterState Cluster(BalancerKind kind, int instances = 0, Func<TrafficSettings, TrafficSettings>? change = null)
    {
        var settings = TrafficSettings.Default with { Balancer = kind };
        return GivenClusters.Cluster(instances, _clock, settings: change?.Invoke(settings) ?? settings);
    }
}
