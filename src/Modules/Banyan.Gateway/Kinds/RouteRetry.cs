namespace Banyan.Gateway.Kinds;

/// <summary>When a request is sent again. What must not run twice is not repeated whatever stands here.</summary>
public sealed record RouteRetry
{
    /// <summary>Attempts in all, the first counted: 1 to 5; 1 = never again. Default 2.</summary>
    public int? Attempts { get; init; }

    /// <summary>
    /// What leads to another attempt: <c>connect-failure</c>, <c>reset</c>, <c>timeout</c>, <c>502</c>, <c>503</c>, <c>504</c>. Default <c>[connect-failure, reset]</c>.
    /// </summary>
    public IReadOnlyList<string>? On { get; init; }

    /// <summary>How long one attempt may take to the head of its answer. Absent = the time for the response header.</summary>
    public string? AttemptTimeout { get; init; }
}
