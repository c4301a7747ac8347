using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Ejection;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Retries;
using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>What a valid policy looks like, and what it means: checked and compiled in one go, so that the two cannot differ.</summary>
internal static class TrafficPolicyRules
{
    /// <summary>Most rate limits of one policy.</summary>
    public const int MaxRateLimits = 16;

    private static readonly TrafficSettings Usual = TrafficSettings.Default;

    /// <summary>Every fault of one spec, each with its place; empty when it is valid.</summary>
    public static IReadOnlyList<Fault> Check(TrafficPolicySpec spec)
    {
        var reader = new PolicyReader();
        Read(spec, reader);
        return reader.Faults;
    }

    /// <summary>The settings a spec means; of what is not valid the default.</summary>
    public static TrafficSettings Compile(TrafficPolicySpec spec) => Read(spec, new PolicyReader());

    private static TrafficSettings Read(TrafficPolicySpec spec, PolicyReader reader)
    {
        var balancer = reader.Balancer(spec.Balancer, "/spec/balancer");
        if (spec.HashOn is not null && balancer != BalancerKind.Hash)
        {
            reader.Fault("/spec/hashOn", "Only the balancer 'hash' has a key. Set 'balancer: hash', or leave the key out.", "out-of-range");
        }

        return Usual with
        {
            Balancer = balancer,
            HashOn = reader.Key(spec.HashOn, "/spec/hashOn") ?? Usual.HashOn,
            SlowStart = reader.Time(spec.SlowStart, "/spec/slowStart", Usual.SlowStart, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            PreferZone = spec.PreferZone ?? Usual.PreferZone,
            Ejection = spec.Ejection is { } ejection ? Ejection(ejection, reader) : Usual.Ejection,
            Breaker = spec.Circuit is { } circuit ? Circuit(circuit, reader) : Usual.Breaker,
            Concurrency = spec.Concurrency is { } concurrency ? Concurrency(concurrency, reader) : Usual.Concurrency,
            Retries = spec.Retries is { } retries ? Retries(retries, reader) : Usual.Retries,
            RateLimits = RateLimits(spec.RateLimits ?? [], reader),
        };
    }

    private static EjectionSettings Ejection(EjectionSpec spec, PolicyReader reader)
    {
        var usual = Usual.Ejection;
        var first = reader.Time(spec.Time, "/spec/ejection/time", usual.FirstTime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return usual with
        {
            Enabled = spec.Enabled ?? true,
            ConsecutiveFailures = reader.Number(spec.ConsecutiveFailures, "/spec/ejection/consecutiveFailures", usual.ConsecutiveFailures, 1, 1000),
            FirstTime = first,
            LongestTime = reader.Time(spec.LongestTime, "/spec/ejection/longestTime", usual.LongestTime > first ? usual.LongestTime : first, first, TimeSpan.FromHours(24)),
            MaxShare = reader.Number(spec.MaxPercent, "/spec/ejection/maxPercent", 50, 1, 100) / 100.0,
        };
    }

    private static BreakerSettings Circuit(CircuitSpec spec, PolicyReader reader)
    {
        var usual = Usual.Breaker;
        return usual with
        {
            Enabled = spec.Enabled ?? true,
            FailureShare = reader.Number(spec.FailurePercent, "/spec/circuit/failurePercent", 95, 1, 100) / 100.0,
            Requests = reader.Number(spec.Requests, "/spec/circuit/requests", usual.Requests, 1, 1_000_000),
            OpenTime = reader.Time(spec.OpenTime, "/spec/circuit/openTime", usual.OpenTime, TimeSpan.FromMilliseconds(100), usual.LongestOpenTime),
        };
    }

    private static ConcurrencySettings Concurrency(ConcurrencySpec spec, PolicyReader reader)
    {
        var usual = Usual.Concurrency;
        var min = reader.Number(spec.Min, "/spec/concurrency/min", Math.Min(usual.Min, spec.Max is > 0 ? spec.Max.Value : usual.Min), 1, 1_000_000);
        var max = reader.Number(spec.Max, "/spec/concurrency/max", Math.Max(usual.Max, min), min, 1_000_000);
        return usual with
        {
            Enabled = spec.Enabled ?? true,
            Initial = Math.Clamp(usual.Initial, min, Math.Max(min, max)),
            Min = min,
            Max = max,
            PerInstance = spec.MaxPerInstance is null ? 0 : reader.Number(spec.MaxPerInstance, "/spec/concurrency/maxPerInstance", 0, 1, 100_000),
            Queue = reader.Number(spec.Queue, "/spec/concurrency/queue", usual.Queue, 0, 10_000),
        };
    }

    private static RetrySettings Retries(RetriesSpec spec, PolicyReader reader)
    {
        var usual = Usual.Retries;
        var attempts = reader.Number(spec.Attempts, "/spec/retries/attempts", usual.Attempts, 1, 4);
        if (spec.Hedge == true && attempts == 1)
        {
            reader.Fault("/spec/retries/hedge", "A second instance is a second attempt, and there may be 1. Set 'attempts' to 2 or more, or leave 'hedge' out.", "out-of-range");
        }

        return usual with
        {
            Attempts = attempts,
            Hedge = spec.Hedge ?? usual.Hedge,
            HedgeMinDelay = reader.Time(spec.HedgeMinDelay, "/spec/retries/hedgeMinDelay", usual.HedgeMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)),
            BudgetShare = reader.Number(spec.BudgetPercent, "/spec/retries/budgetPercent", 20, 0, 100) / 100.0,
            MinPerSecond = reader.Number(spec.MinPerSecond, "/spec/retries/minPerSecond", usual.MinPerSecond, 0, 1000),
        };
    }

    private static RateLimitSettings[] RateLimits(IReadOnlyList<RateLimitSpec> specs, PolicyReader reader)
    {
        if (specs.Count > MaxRateLimits)
        {
            reader.Fault("/spec/rateLimits", $"{specs.Count} rate limits; a policy takes at most {MaxRateLimits}.", "out-of-range");
            return [];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var limits = new RateLimitSettings[specs.Count];
        for (var i = 0; i < specs.Count; i++)
        {
            var (spec, at) = (specs[i], $"/spec/rateLimits/{i}");
            if (ResourceNames.Problem(spec.Name, "Rate limit name") is { } problem)
            {
                reader.Fault($"{at}/name", problem, "bad-name");
            }
            else if (!names.Add(spec.Name))
            {
                reader.Fault($"{at}/name", $"'{spec.Name}' is in the list twice. Give each limit a name of its own.", "duplicate");
            }

            var requests = reader.Number(spec.Requests, $"{at}/requests", 1, 1, 1_000_000);
            limits[i] = new RateLimitSettings(
                spec.Name ?? string.Empty,
                reader.LimitKey(spec.Key, $"{at}/key"),
                requests,
                reader.Time(spec.Per, $"{at}/per", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
                reader.Number(spec.Burst, $"{at}/burst", requests, 1, 1_000_000),
                spec.Shared ?? false);
        }

        return limits;
    }
}
