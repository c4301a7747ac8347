namespace Banyan.Gateway.Routing.Actions;

/// <summary>How long each phase of a route's requests may take. Null = the gateway's option; for <paramref name="Total"/> no limit.</summary>
/// <param name="Connect">Opening a connection to the service.</param>
/// <param name="ResponseHeader">End of the request to the head of the answer.</param>
/// <param name="Idle">Standing still of a body or tunnel.</param>
/// <param name="Total">Head of the request to the end of the answer, all attempts.</param>
internal sealed record PhaseTimeouts(TimeSpan? Connect, TimeSpan? ResponseHeader, TimeSpan? Idle, TimeSpan? Total)
{
    public static readonly PhaseTimeouts None = new(null, null, null, null);
}
