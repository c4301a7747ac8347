namespace Banyan.Gateway.Kinds;

/// <summary>
/// Divides requests among services by identity: one identity stays with one service as long as shares do not change, and raising a share moves nobody who has
/// been moved already.
/// </summary>
public sealed record RouteSplit
{
    /// <summary>
    /// What identifies a request: <c>user</c> (field X-User-Id), <c>tenant</c> (X-Tenant-Id), <c>device</c> (X-Device-Id), <c>header:NAME</c>, <c>cookie:NAME</c>
    /// or <c>address</c>. Default <c>address</c>, which is also what stands in for a value that is missing.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Two splits with one salt divide alike, others independently. Default the route's domain and name.</summary>
    public string? Salt { get; init; }

    /// <summary>
    /// True, with a key <c>cookie:NAME</c>: a client that does not bring the cookie is given one with a value by chance, which divides this request already, so that it
    /// stays with its part. The cookie has Path=/, HttpOnly, SameSite=Lax and, for clients that come by TLS, Secure. Default false.
    /// </summary>
    public bool? SetCookie { get; init; }

    /// <summary>How long clients keep the cookie that is set: 1m to 8760h, default 720h.</summary>
    public string? CookieMaxAge { get; init; }

    /// <summary>Two to eight services. The last one takes the rest.</summary>
    public required IReadOnlyList<RouteSplitPart> Parts { get; init; }
}

/// <summary>One side of a split.</summary>
public sealed record RouteSplitPart
{
    /// <summary>The service.</summary>
    public required RouteService Service { get; init; }

    /// <summary>Its share, to two decimals: <c>5%</c>, <c>0.25%</c>. Absent only for the last part, which takes the rest.</summary>
    public string? Share { get; init; }
}
