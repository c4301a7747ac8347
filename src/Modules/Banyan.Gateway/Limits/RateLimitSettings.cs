using Banyan.Gateway.Policies;

namespace Banyan.Gateway.Limits;

/// <summary>So many requests in so long, for each key.</summary>
/// <param name="Name">Unique in its policy; clients see it.</param>
/// <param name="Key">What is counted apart.</param>
/// <param name="Requests">How many.</param>
/// <param name="Per">In how long.</param>
/// <param name="Burst">How many may come at once after a pause.</param>
/// <param name="Shared">True: all gateways together; false: each by itself.</param>
internal sealed record RateLimitSettings(string Name, RequestKeySource Key, int Requests, TimeSpan Per, int Burst, bool Shared);
