using Banyan.Gateway.Balancing;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;

namespace Banyan.Gateway.Tests.Kinds;

public sealed class TrafficPolicyRulesTests
{
    [Fact]
    public void Policy_that_says_nothing_is_the_default()
    {
        var spec = new TrafficPolicySpec { Service = "pets" };

        Assert.Empty(TrafficPolicyRules.Check(spec));
        Assert.Equal(TrafficSettings.Default, TrafficPolicyRules.Compile(spec) with { RateLimits = TrafficSettings.Default.RateLimits });

        // Sections that are there and say nothing change nothing either.
        var empty = spec with { Ejection = new(), Circuit = new(), Concurrency = new(), Retries = new() };
        Assert.Equal(TrafficSettings.Default, TrafficPolicyRules.Compile(empty) with { RateLimits = TrafficSettings.Default.RateLimits });
    }

    [Fact]
    public void Policy_means_what_it_says()
    {
        var settings = TrafficPolicyRules.Compile(new TrafficPolicySpec
        {
            Service = "pets",
            Balancer = "hash",
            HashOn = "header:X-User",
            SlowStart = "0s",
            PreferZone = false,
            Ejection = new EjectionSpec { ConsecutiveFailures = 3, Time = "20s", LongestTime = "1h", MaxPercent = 25 },
            Circuit = new CircuitSpec { Enabled = false, FailurePercent = 50, Requests = 10, OpenTime = "5s" },
            Concurrency = new ConcurrencySpec { Min = 10, Max = 10, Queue = 0, MaxPerInstance = 8 },
            Retries = new RetriesSpec { Attempts = 3, BudgetPercent = 10, MinPerSecond = 0, Hedge = true, HedgeMinDelay = "20ms" },
            RateLimits = [new RateLimitSpec { Name = "calls", Key = "cookie:sid", Requests = 100, Per = "1m", Burst = 20, Shared = true }],
        });

        Assert.Equal((BalancerKind.Hash, "header:X-User"), (settings.Balancer, settings.HashOn.Text));
        Assert.Equal((TimeSpan.Zero, false), (settings.SlowStart, settings.PreferZone));
        Assert.Equal((3, TimeSpan.FromSeconds(20), TimeSpan.FromHours(1), 0.25), (settings.Ejection.ConsecutiveFailures, settings.Ejection.FirstTime, settings.Ejection.LongestTime, settings.Ejection.MaxShare));
        Assert.Equal((false, 0.5, 10, TimeSpan.FromSeconds(5)), (settings.Breaker.Enabled, settings.Breaker.FailureShare, settings.Breaker.Requests, settings.Breaker.OpenTime));
        Assert.Equal((10, 10, 10, 0), (settings.Concurrency.Min, settings.Concurrency.Max, settings.Concurrency.Initial, settings.Concurrency.Queue));
        Assert.Equal(8, settings.Concurrency.PerInstance);
        Assert.Equal((3, 0.1, 0), (settings.Retries.Attempts, settings.Retries.BudgetShare, settings.Retries.MinPerSecond));
        Assert.Equal((true, TimeSpan.FromMilliseconds(20)), (settings.Retries.Hedge, settings.Retries.HedgeMinDelay));
        Assert.Equal(
            new RateLimitSettings("calls", "cookie:sid", 100, TimeSpan.FromMinutes(1), 20, true),
            Assert.Single(settings.RateLimits));
    }

    [Fact]
    public void Every_fault_is_named_with_its_place()
    {
        var faults = TrafficPolicyRules.Check(new TrafficPolicySpec
        {
            Service = "pets",
            Balancer = "roundrobin",
            HashOn = "all",
            SlowStart = "1h",
            Ejection = new EjectionSpec { ConsecutiveFailures = 0, Time = "10m", LongestTime = "5m", MaxPercent = 101 },
            Circuit = new CircuitSpec { FailurePercent = 0, Requests = 0, OpenTime = "1m" },
            Concurrency = new ConcurrencySpec { Min = 100, Max = 10, Queue = -1, MaxPerInstance = 0 },
            Retries = new RetriesSpec { Attempts = 5, BudgetPercent = 101, MinPerSecond = -1 },
            RateLimits =
            [
                new RateLimitSpec { Name = "a", Requests = 0, Per = "x", Burst = 0, Key = "ip" },
                new RateLimitSpec { Name = "a", Requests = 1 },
                new RateLimitSpec { Name = "A b", Requests = 1, Key = "header:" },
            ],
        });

        Assert.Equal(
            [
                "/spec/balancer", "/spec/hashOn", "/spec/hashOn", "/spec/slowStart",
                "/spec/ejection/consecutiveFailures", "/spec/ejection/longestTime", "/spec/ejection/maxPercent",
                "/spec/circuit/failurePercent", "/spec/circuit/requests", "/spec/circuit/openTime",
                "/spec/concurrency/max", "/spec/concurrency/maxPerInstance", "/spec/concurrency/queue",
                "/spec/retries/attempts", "/spec/retries/budgetPercent", "/spec/retries/minPerSecond",
                "/spec/rateLimits/0/requests", "/spec/rateLimits/0/key", "/spec/rateLimits/0/per", "/spec/rateLimits/0/burst",
                "/spec/rateLimits/1/name", "/spec/rateLimits/2/name", "/spec/rateLimits/2/key",
            ],
            faults.Select(f => f.Pointer));
        Assert.Equal(
            ["/spec/retries/hedge", "/spec/retries/hedgeMinDelay"],
            TrafficPolicyRules.Check(new TrafficPolicySpec { Service = "pets", Retries = new RetriesSpec { Attempts = 1, Hedge = true, HedgeMinDelay = "0s" } }).Select(f => f.Pointer));
        Assert.Contains("'roundrobin' is no balancer. Write one of roundRobin, random, leastRequest, leastLatency, hash.", faults.Select(f => f.Message));
        Assert.Contains("'5m' is not a time from 10m to 24h. Write a number and a unit: 500ms, 30s, 2m.", faults.Select(f => f.Message));
    }
}
