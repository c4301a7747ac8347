namespace Banyan.Gateway.Kinds;

/// <summary>
/// When a request of this route is sent again. It can only narrow what the service's policy allows, and what must not run twice is not repeated whatever stands here.
/// </summary>
public sealed record RouteRetry
{
    /// <summary>Attempts in all, the first counted: 1 to 5; 1 = never again. Absent = the service's policy.</summary>
    public int? Attempts { get; init; }

    /// <summary>
    /// What leads to another attempt: <c>connect-failure</c> (nothing was sent), <c>reset</c> (the connection ended before an answer began). Absent = both.
    /// </summary>
    public IReadOnlyList<string>? On { get; init; }
}
