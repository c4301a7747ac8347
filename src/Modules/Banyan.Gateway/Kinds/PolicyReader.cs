using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Kinds;

/// <summary>Reads the values of a policy and collects what is wrong with them; of what is wrong it gives the default.</summary>
internal sealed class PolicyReader
{
    private static readonly Dictionary<string, BalancerKind> Balancers = new(StringComparer.Ordinal)
    {
        ["roundRobin"] = BalancerKind.RoundRobin,
        ["random"] = BalancerKind.Random,
        ["leastRequest"] = BalancerKind.LeastRequest,
        ["leastLatency"] = BalancerKind.LeastLatency,
        ["hash"] = BalancerKind.Hash,
    };

    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public void Fault(string pointer, string message, string code) => _faults.Add(new Fault(pointer, message, code));

    /// <summary>A balancer by its name.</summary>
    public BalancerKind Balancer(string? text, string pointer)
    {
        if (text is null || Balancers.TryGetValue(text, out _))
        {
            return text is null ? BalancerKind.RoundRobin : Balancers[text];
        }

        Fault(pointer, $"'{text}' is no balancer. Write one of {string.Join(", ", Balancers.Keys)}.", "out-of-range");
        return BalancerKind.RoundRobin;
    }

    /// <summary>A number within bounds.</summary>
    public int Number(int? value, string pointer, int usual, int min, int max)
    {
        if (value is null || (value >= min && value <= max))
        {
            return value ?? usual;
        }

        Fault(pointer, $"{value} is out of range. Give a number from {min} to {max}.", "out-of-range");
        return usual;
    }

    /// <summary>A time within bounds.</summary>
    public TimeSpan Time(string? text, string pointer, TimeSpan usual, TimeSpan min, TimeSpan max)
    {
        if (text is null || (DurationText.TryParse(text, out var time) && time >= min && time <= max))
        {
            return text is null ? usual : Parsed(text);
        }

        Fault(pointer, $"'{text}' is not a time from {Written(min)} to {Written(max)}. Write a number and a unit: 500ms, 30s, 2m.", "bad-duration");
        return usual;
    }

    /// <summary>What a request's key is; null when nothing is said.</summary>
    public KeySource? Key(string? text, string pointer)
    {
        var source = text is null ? null : KeySource.TryParse(text);
        if (text is not null && source is null)
        {
            Fault(pointer, $"'{text}' is no key. Write address, user, tenant, device, header:NAME or cookie:NAME.", "out-of-range");
        }

        return source;
    }

    /// <summary>What a rate limit counts apart.</summary>
    public string LimitKey(string? text, string pointer) =>
        text is RateLimitSettings.All or RateLimitSettings.ByRoute ? text : (Key(text, pointer) ?? KeySource.Address).Text;

    private static TimeSpan Parsed(string text) => DurationText.TryParse(text, out var time) ? time : default;

    private static string Written(TimeSpan time) => time switch
    {
        _ when time >= TimeSpan.FromHours(1) && time.Ticks % TimeSpan.TicksPerHour == 0 => $"{(long)time.TotalHours}h",
        _ when time >= TimeSpan.FromMinutes(1) && time.Ticks % TimeSpan.TicksPerMinute == 0 => $"{(long)time.TotalMinutes}m",
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => $"{(long)time.TotalSeconds}s",
        _ => $"{(long)time.TotalMilliseconds}ms",
    };
}
