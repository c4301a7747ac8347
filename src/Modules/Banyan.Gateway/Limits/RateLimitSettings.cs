namespace Banyan.Gateway.Limits;

/// <summary>So many requests in so long, for each key.</summary>
/// <param name="Name">Unique in its policy; clients see it.</param>
/// <param name="Key">What is counted apart: <c>all</c>, <c>route</c>, or what <see cref="Routing.Actions.KeySource"/> reads.</param>
/// <param name="Requests">How many.</param>
/// <param name="Per">In how long.</param>
/// <param name="Burst">How many may come at once after a pause.</param>
/// <param name="Shared">True: all gateways together; false: each by itself.</param>
internal sealed record RateLimitSettings(string Name, string Key, int Requests, TimeSpan Per, int Burst, bool Shared)
{
    /// <summary>The key of all requests together.</summary>
    public const string All = "all";

    /// <summary>The key that is the route which takes the request.</summary>
    public const string ByRoute = "route";
}
