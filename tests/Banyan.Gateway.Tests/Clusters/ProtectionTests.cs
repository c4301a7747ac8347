using Banyan.Gateway.Balancing;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Clusters;

/// <summary>Limit, circuit and counters of whole clusters.</summary>
public sealed class ProtectionTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Full_service_refuses_by_class_and_takes_again_when_one_has_ended()
    {
        var cluster = Cluster(s => s with { Concurrency = s.Concurrency with { Initial = 10, Min = 10, Max = 10 } });
        var running = Enumerable.Range(0, 9).Select(_ => Begin(cluster)).ToArray();

        Assert.Equal(FailureReason.GatewayOverloaded, Pick(cluster).Failure.Reason);
        Assert.NotNull(Pick(cluster, RequestPriority.High).Endpoint);

        End(running[0]);
        Assert.NotNull(Pick(cluster).Endpoint);
        Assert.Null(Pick(cluster, RequestPriority.Low).Endpoint);
    }

    [Theory]
    [InlineData(nameof(BalancerKind.RoundRobin))]
    [InlineData(nameof(BalancerKind.Random))]
    [InlineData(nameof(BalancerKind.LeastRequest))]
    [InlineData(nameof(BalancerKind.LeastLatency))]
    [InlineData(nameof(BalancerKind.Hash))]
    public void Instance_that_is_full_is_passed_over_and_when_all_are_the_service_is(string balancer)
    {
        var cluster = Cluster(s => s with { Balancer = Enum.Parse<BalancerKind>(balancer), Concurrency = s.Concurrency with { Enabled = false, PerInstance = 2 } });
        var count = cluster.Members.Length;
        var running = Enumerable.Range(0, count * 2).Select(_ =>
        {
            var endpoint = cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = 7 }).Endpoint!;
            endpoint.Begin();
            return endpoint;
        }).ToArray();

        Assert.All(cluster.Members, member => Assert.Equal(2, member.Endpoint.Active));
        var refused = cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = 7 });
        Assert.Equal(FailureReason.GatewayOverloaded, refused.Failure.Reason);
        Assert.StartsWith("Every instance of service 'default/pets'", refused.Failure.Detail, StringComparison.Ordinal);
        Assert.Null(cluster.PickForCopy(_clock.NowTicks()).Endpoint);

        End(running[0]);
        Assert.Same(running[0], cluster.Pick(new PickRequest(_clock.NowTicks()) { Key = 7 }).Endpoint);
    }

    [Fact]
    public void Detached_request_no_longer_counts_against_the_limit_and_is_ended_once()
    {
        var cluster = Cluster();
        var endpoint = Begin(cluster);
        Assert.Equal((1, 1), (cluster.Active, endpoint.Active));
        endpoint.Detach();
        Assert.Equal((0, 1), (cluster.Active, endpoint.Active));
        endpoint.End(new Outcome(OutcomeKind.Answered, _clock.NowTicks(), 1, Detached: true));
        Assert.Equal((0, 0), (cluster.Active, endpoint.Active));
    }

    [Fact]
    public void Circuit_opens_when_nothing_works_and_closes_when_it_works_again()
    {
        var cluster = Cluster();
        var broken = true;
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(5));
            broken = i < 1000;
            if (Pick(cluster).Endpoint is { } endpoint)
            {
                endpoint.Begin();
                endpoint.End(new Outcome(broken ? OutcomeKind.ConnectFailed : OutcomeKind.Answered, _clock.NowTicks(), 1));
            }
            else
            {
                refused++;
                Assert.Equal(FailureReason.CircuitOpen, Pick(cluster).Failure.Reason);
            }
        }

        Assert.InRange(refused, 900, 1500);
        Assert.Equal(CircuitState.Closed, cluster.Circuit.State);
        Assert.All(cluster.Members, m => Assert.Null(m.Endpoint.Health.Ejection));
    }

    [Fact]
    public void Answers_of_500_do_not_open_the_circuit_and_503_do()
    {
        var cluster = Cluster();
        for (var i = 0; i < 500; i++)
        {
            cluster.Serve(_clock, _ => OutcomeKind.ServerError);
        }

        Assert.Equal(CircuitState.Closed, cluster.Circuit.State);

        var unavailable = Cluster();
        for (var i = 0; i < 50; i++)
        {
            unavailable.Serve(_clock, _ => OutcomeKind.Unavailable);
        }

        Assert.Equal((CircuitState.Open, "50 of the last 50 attempts failed"), (unavailable.Circuit.State, unavailable.Circuit.Why));
    }

    [Fact]
    public void Limit_of_a_service_that_slows_down_under_load_shrinks()
    {
        // A service that does 20 at once in 10 ms each, asked by 400 at a time: what is above waits in turn.
        var cluster = Cluster(s => s with { Concurrency = s.Concurrency with { Initial = 300, Min = 10, Queue = 0 } });
        var refused = 0;
        Drive(callers: 5, seconds: 5);
        Drive(callers: 400, seconds: 40);

        Assert.InRange(cluster.Policy.Concurrency.Limit, 20, 120);
        Assert.True(refused > 1000);

        // Steps of 10 ms: each begins what callers there are room for, and ends the 20 oldest.
        void Drive(int callers, int seconds)
        {
            var running = new Queue<(Endpoint Endpoint, long At)>();
            for (var step = 0; step < seconds * 100; step++)
            {
                for (var i = running.Count; i < callers; i++)
                {
                    if (Pick(cluster).Endpoint is not { } endpoint)
                    {
                        refused++;
                        break;
                    }

                    endpoint.Begin();
                    running.Enqueue((endpoint, _clock.NowTicks()));
                }

                _clock.Advance(TimeSpan.FromMilliseconds(10));
                for (var i = 0; i < 20 && running.TryDequeue(out var oldest); i++)
                {
                    oldest.Endpoint.End(new Outcome(OutcomeKind.Answered, _clock.NowTicks(), _clock.NowTicks() - oldest.At));
                }
            }

            while (running.TryDequeue(out var left))
            {
                left.Endpoint.End(new Outcome(OutcomeKind.Abandoned, _clock.NowTicks()));
            }
        }
    }

    [Fact]
    public void Hedge_delay_is_known_once_enough_answers_came()
    {
        var cluster = Cluster(s => s with { Retries = s.Retries with { Hedge = true } });
        for (var i = 0; i < 1000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(5));
            cluster.Serve(_clock, latency: _ => TimeSpan.FromMilliseconds(i % 20 == 0 ? 500 : 20));
        }

        Assert.InRange(TimeSpan.FromTicks(cluster.HedgeTicks), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(23));
    }

    [Fact]
    public async Task Counters_are_exact_after_four_threads_have_picked_failed_and_been_ejected()
    {
        var cluster = Cluster(s => s with { Balancer = BalancerKind.LeastLatency, Breaker = s.Breaker with { Enabled = false } });
        long ended = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            var random = new Random(t);
            for (var i = 0; i < 20_000; i++)
            {
                var now = _clock.NowTicks() + (i * TimeSpan.TicksPerMillisecond);
                if (cluster.Pick(new PickRequest(now) { Key = (ulong)i + 1 }).Endpoint is not { } endpoint)
                {
                    continue;
                }

                endpoint.Begin();
                var fails = endpoint.Id == "pets-2" || random.Next(50) == 0;
                endpoint.End(new Outcome(fails ? OutcomeKind.Reset : OutcomeKind.Answered, now, random.Next(1, 100_000)));
                Interlocked.Increment(ref ended);
                if (i % 500 == 0)
                {
                    cluster.Put(GivenClusters.Pet(3, i % 1000 == 0 ? Contracts.Registry.V1.InstanceState.Down : Contracts.Registry.V1.InstanceState.Up));
                    cluster.Use(cluster.Policy.Settings with { HashBound = 1 + random.NextDouble() });
                }
            }
        })));

        Assert.Equal(80_000, ended);
        Assert.Equal(0, cluster.Active);
        Assert.All(cluster.Members, m => Assert.Equal(0, m.Endpoint.Active));
        Assert.Equal(80_000, cluster.Members.Sum(m => m.Endpoint.Requests));
        Assert.NotNull(cluster.Members.Single(m => m.Endpoint.Id == "pets-2").Endpoint.Health.Ejection);
    }

    [Theory]
    [InlineData(nameof(BalancerKind.RoundRobin))]
    [InlineData(nameof(BalancerKind.Random))]
    [InlineData(nameof(BalancerKind.LeastRequest))]
    [InlineData(nameof(BalancerKind.LeastLatency))]
    [InlineData(nameof(BalancerKind.Hash))]
    public void Pick_begin_and_end_allocate_nothing(string kind)
    {
        var cluster = Cluster(s => s with { Balancer = Enum.Parse<BalancerKind>(kind) });
        var now = _clock.NowTicks();

        Assert.Equal(0, Allocations.InSteadyState(() => Serve(10_000)));

        void Serve(int count)
        {
            for (var i = 0; i < count; i++)
            {
                now += TimeSpan.TicksPerMicrosecond * 100;
                var endpoint = cluster.Pick(new PickRequest(now) { Key = (ulong)i + 1 }).Endpoint!;
                endpoint.Begin();
                endpoint.End(new Outcome(OutcomeKind.Answered, now, 5000 + i));
            }
        }
    }

    private PickResult Pick(ClusterState cluster, RequestPriority priority = RequestPriority.Normal) => cluster.Pick(new PickRequest(_clock.NowTicks()) { Priority = priority });

    private Endpoint Begin(ClusterState cluster)
    {
        var endpoint = Pick(cluster).Endpoint!;
        endpoint.Begin();
        return endpoint;
    }

    private void End(Endpoint endpoint) => endpoint.End(new Outcome(OutcomeKind.Answered, _clock.NowTicks(), 1));

    private ClusterState Cluster(Func<TrafficSettings, TrafficSettings>? change = null) =>
        GivenClusters.Cluster(4, _clock, settings: change?.Invoke(TrafficSettings.Default) ?? TrafficSettings.Default);
}
