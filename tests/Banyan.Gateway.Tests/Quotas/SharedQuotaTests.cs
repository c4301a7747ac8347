using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Quotas;
using Banyan.Gateway.Tests.Support;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Quotas;

/// <summary>Several gateways over one store: whatever comes and whatever fails, together they admit no more than the limit, and nearly all of it.</summary>
public sealed class SharedQuotaTests : IAsyncDisposable
{
    private const int Requests = 1000;
    private const int Burst = 100;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly ManualClock _clock = new();
    private readonly MemoryStore _store;
    private readonly List<Participant> _gateways = [];
    private readonly List<long> _admitted = [];

    public SharedQuotaTests() => _store = new MemoryStore(_clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Lone_gateway_gets_all_but_the_reserve()
    {
        Join();
        await RunAsync(TimeSpan.FromSeconds(5), 5000);

        Assert.Equal(1 - QuotaShare.Reserve, Part(0), 6);
        await ExpectRateAsync(0.88, 0.92, 5000);
    }

    [Fact]
    public async Task Parts_follow_traffic_and_flow_back()
    {
        Join();
        Join();
        Join();
        await RunAsync(TimeSpan.FromSeconds(10), 5000, 5000, 5000);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(0.3, Part(i), 3));

        // Only the second has traffic now: nearly everything is its own, and what is over is spread.
        await RunAsync(TimeSpan.FromSeconds(20), 0, 5000, 0);
        Assert.InRange(Part(1), 0.85, 0.9);

        // The first one's comes back.
        await RunAsync(TimeSpan.FromSeconds(10), 5000, 5000, 0);
        Assert.InRange(Part(0), 0.4, 0.46);
        await ExpectRateAsync(0.85, 0.95, 5000, 5000, 0);
        AssertWithinLimit();
    }

    [Fact]
    public async Task Gateway_that_dies_gives_its_part_back_when_its_lease_ends()
    {
        Join();
        Join();
        await RunAsync(TimeSpan.FromSeconds(5), 5000, 5000);
        _gateways[1].Dead = true;
        await RunAsync(QuotaWorker.LeaseTime / 2, 5000, 0);
        Assert.Equal(0.45, Part(0), 3);

        await RunAsync(QuotaWorker.LeaseTime, 5000, 0);
        Assert.Equal(0.9, Part(0), 3);
        AssertWithinLimit();
    }

    [Fact]
    public async Task Gateway_without_the_store_keeps_its_part_until_the_lease_ends_then_falls_to_a_safe_one_and_comes_back()
    {
        Join();
        Join();
        await RunAsync(TimeSpan.FromSeconds(5), 5000, 5000);
        _gateways[0].Store.Away = true;
        await RunAsync(QuotaWorker.LeaseTime / 2, 5000, 5000);
        Assert.Equal(0.45, Part(0), 3);

        await RunAsync(QuotaWorker.LeaseTime, 5000, 5000);
        Assert.Equal(LimitGrant.UnleasedPart, Part(0), 6);
        Assert.InRange(Part(1), 0.88, 0.9);

        _gateways[0].Store.Away = false;
        await RunAsync(TimeSpan.FromSeconds(10), 5000, 5000);
        Assert.All([0, 1], i => Assert.Equal(0.45, Part(i), 3));
        AssertWithinLimit();
    }

    [Fact]
    public async Task Store_that_is_away_for_all_leaves_the_reserve_to_share()
    {
        Join();
        Join();
        await RunAsync(TimeSpan.FromSeconds(5), 5000, 5000);
        _gateways.ForEach(g => g.Store.Away = true);
        await RunAsync(QuotaWorker.LeaseTime * 1.5, 5000, 5000);

        Assert.All([0, 1], i => Assert.Equal(LimitGrant.UnleasedPart, Part(i), 6));
        AssertWithinLimit();
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public async Task Sum_never_exceeds_the_limit_whatever_happens(int seed)
    {
        var random = new Random(seed);
        Join();
        Join();
        for (var i = 0; i < 60; i++)
        {
            var one = _gateways[random.Next(_gateways.Count)];
            switch (random.Next(6))
            {
                case 0 when _gateways.Count < 5:
                    Join();
                    break;
                case 1:
                    one.Store.Away = !one.Store.Away;
                    break;
                case 2:
                    one.Store.LosesAnswers = !one.Store.LosesAnswers;
                    break;
                case 3 when _gateways.Count(g => !g.Dead) > 1:
                    one.Dead = true;
                    break;
                default:
                    break;
            }

            await RunAsync(TimeSpan.FromSeconds(random.Next(1, 12)), [.. _gateways.Select(_ => random.Next(4) * 700)]);
        }

        AssertWithinLimit();
    }

    private void Join()
    {
        var store = new FailingStore(_store);
        var clusters = new ClusterTable(GivenClusters.Context(_clock));
        var cluster = clusters.Get(new ServiceName("default", "pets"));
        cluster.Use(TrafficSettings.Default with { RateLimits = [new RateLimitSettings("calls", RateLimitSettings.All, Requests, TimeSpan.FromSeconds(1), Burst, Shared: true)] });
        var worker = new QuotaWorker(store, clusters, new GatewayIdentity(new GatewayOptions()), _clock, NullLogger<QuotaWorker>.Instance);
        _gateways.Add(new Participant(worker, cluster.Policy.RateLimits[0], store));
    }

    // Requests a second to each gateway; every gateway has its round at a time of its own in the second.
    private async Task RunAsync(TimeSpan time, params int[] rates)
    {
        for (var at = TimeSpan.Zero; at < time; at += Step)
        {
            _clock.Advance(Step);
            var now = _clock.NowTicks();
            for (var i = 0; i < _gateways.Count; i++)
            {
                var gateway = _gateways[i];
                if (gateway.Dead)
                {
                    continue;
                }

                if (++gateway.Steps % 20 == i * 3 || gateway.Steps == 1)
                {
                    await gateway.Worker.BalanceAsync(CancellationToken.None);
                }

                for (var r = i < rates.Length ? (int)(rates[i] * Step.TotalSeconds) : 0; r > 0; r--)
                {
                    if (gateway.Limit.Take(1, now).Admitted)
                    {
                        _admitted.Add(now);
                    }
                }
            }

            var sum = _gateways.Where(g => !g.Dead).Sum(g => g.Limit.Grant.At(now));
            Assert.True(sum <= 1.0 + 1e-9, $"The parts add up to {sum} at {at}.");
        }
    }

    private async Task ExpectRateAsync(double least, double most, params int[] rates)
    {
        var before = _admitted.Count;
        await RunAsync(TimeSpan.FromSeconds(10), rates);

        Assert.InRange(_admitted.Count - before, least * Requests * 10, most * Requests * 10);
    }

    // Over any ten seconds: the rate, and once the burst of each gateway's part, and of parts that were handed on.
    private void AssertWithinLimit()
    {
        var window = TimeSpan.FromSeconds(10).Ticks;
        for (var (from, to) = (0, 0); to < _admitted.Count; to++)
        {
            while (_admitted[to] - _admitted[from] >= window)
            {
                from++;
            }

            Assert.True(to - from + 1 <= (10 * Requests) + (2 * Burst), $"{to - from + 1} in ten seconds");
        }
    }

    private double Part(int gateway) => _gateways[gateway].Limit.Grant.At(_clock.NowTicks());

    private sealed class Participant(QuotaWorker worker, RateLimit limit, FailingStore store)
    {
        public QuotaWorker Worker { get; } = worker;

        public RateLimit Limit { get; } = limit;

        public FailingStore Store { get; } = store;

        public int Steps { get; set; }

        public bool Dead { get; set; }
    }
}
