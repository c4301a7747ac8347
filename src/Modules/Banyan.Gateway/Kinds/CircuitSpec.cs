namespace Banyan.Gateway.Kinds;

/// <summary>When a service that fails as a whole gets no requests for a while.</summary>
public sealed record CircuitSpec
{
    /// <summary>False: the circuit never opens. Default true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Share of attempts, in percent, that must have failed: 1 to 100, default 95. Answers of 500 do not count, 503 does.</summary>
    public int? FailurePercent { get; init; }

    /// <summary>Attempts in ten seconds below which nothing is concluded: at least 1, default 50.</summary>
    public int? Requests { get; init; }

    /// <summary>How long it is open the first time, doubled up to 30 seconds: <c>100ms</c> to <c>30s</c>, default <c>2s</c>.</summary>
    public string? OpenTime { get; init; }
}
