namespace Banyan.Gateway.Kinds;

/// <summary>So many requests in so long, for each key.</summary>
public sealed record RateLimitSpec
{
    /// <summary>Unique in the policy, and seen by clients in <c>RateLimit-Policy</c>: 1 to 63 lower-case letters, digits and inner hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What is counted apart: <c>address</c> (default), <c>route</c>, <c>all</c>, <c>user</c>, <c>tenant</c>, <c>device</c>, <c>header:NAME</c> or
    /// <c>cookie:NAME</c>. A request without the field counts under its client's address.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>How many: 1 to 1,000,000.</summary>
    public required int Requests { get; init; }

    /// <summary>In how long: <c>1s</c> (default) to <c>24h</c>.</summary>
    public string? Per { get; init; }

    /// <summary>How many may come at once after a pause: at least 1, default as many as <see cref="Requests"/>.</summary>
    public int? Burst { get; init; }

    /// <summary>True: all gateways share the limit, each with a part that follows its traffic. Default false: each gateway has the whole of it.</summary>
    public bool? Shared { get; init; }
}
