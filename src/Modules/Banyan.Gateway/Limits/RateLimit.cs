using System.Security.Cryptography;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing.Actions;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Limits;

/// <summary>
/// One rate limit: a token bucket for each key, kept as one number (GCRA, ITU-T I.371: the moment at which the bucket would be full again). Safe for concurrent
/// use; its memory is bounded whatever keys come.
/// </summary>
internal sealed class RateLimit
{
    /// <summary>Keys remembered.</summary>
    public const int MaxKeys = 1 << 16;

    private readonly RateTable _table;
    private readonly KeySource? _source;
    private readonly string _refusal;
    private volatile LimitGrant _grant;
    private long _admitted;
    private long _refused;

    public RateLimit(RateLimitSettings settings, int maxKeys = MaxKeys)
    {
        Settings = settings;
        _source = KeySource.TryParse(settings.Key);
        _grant = settings.Shared ? LimitGrant.Unleased : LimitGrant.Whole;
        _table = new RateTable(settings.Key == RateLimitSettings.All ? 1 : maxKeys, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        _refusal = $"More than {settings.Requests} requests in {settings.Per.TotalSeconds:0.###} s for one {Described(settings.Key)} (limit '{settings.Name}'). Wait as long as Retry-After says.";
        PolicyField = $"\"{settings.Name}\";q={settings.Requests};w={Math.Max(1, (long)Math.Ceiling(settings.Per.TotalSeconds))}";
    }

    public RateLimitSettings Settings { get; }

    /// <summary>The value of <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers).</summary>
    public string PolicyField { get; }

    /// <summary>The value of <c>RateLimit</c> in an answer that refuses.</summary>
    public string RefusedField(int retryAfterSeconds) => $"\"{Settings.Name}\";r=0;t={retryAfterSeconds}";

    public long Admitted => Interlocked.Read(ref _admitted);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>What of the limit this gateway may give out; the rest is other gateways'.</summary>
    public LimitGrant Grant
    {
        get => _grant;
        set => _grant = value;
    }

    /// <summary>The refusal as a request's end.</summary>
    public Failure Refusal(in RateVerdict verdict) => new(FailureReason.RateLimited, _refusal)
    {
        Limit = this,
        RetryAfterSeconds = (int)Math.Min(int.MaxValue, (verdict.RetryTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond),
    };

    /// <summary>The key a request counts under.</summary>
    public ulong KeyOf(in RequestMatch request, Route route) =>
        _source is { } source ? RequestKeys.Of(source, request)
        : Settings.Key == RateLimitSettings.ByRoute ? KeyHash.Of(route.Tag)
        : RequestKeys.Absent;

    /// <summary>Counts one request of a key.</summary>
    /// <param name="key">The key's hash.</param>
    /// <param name="now">Now, in ticks of 100 ns.</param>
    public RateVerdict Take(ulong key, long now)
    {
        var part = _grant.At(now);
        var interval = part <= 0 ? long.MaxValue / 4 : (long)(Settings.Per.Ticks / (Settings.Requests * part));

        // One request always fits, or a small part of a small limit would admit nothing at all.
        var ahead = Math.Max((long)(interval * (Settings.Burst * part)), interval);
        if (part > 0 && _table.TryAdvance(key, interval, ahead, now, out var time))
        {
            Interlocked.Increment(ref _admitted);
            return new RateVerdict(true, (int)((ahead - (time - now)) / interval), 0);
        }

        Interlocked.Increment(ref _refused);
        return new RateVerdict(false, 0, part <= 0 ? Settings.Per.Ticks : RetryTicks(key, interval, ahead, now));
    }

    private static string Described(string key) => key switch
    {
        RateLimitSettings.All => "service",
        RateLimitSettings.ByRoute => "route",
        "address" => "client address",
        _ => $"'{key}'",
    };

    private long RetryTicks(ulong key, long interval, long ahead, long now)
    {
        // Moves nothing: no time is as far ahead as this.
        _table.TryAdvance(key, interval, long.MinValue, now, out var time);
        return Math.Max(1, time - now - ahead);
    }
}
