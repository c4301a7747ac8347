namespace Banyan.Gateway.Limits;

/// <summary>When a whole service counts as broken and is spared requests for a while.</summary>
internal sealed record BreakerSettings
{
    /// <summary>False: the circuit never opens.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Share of attempts that must have failed (no connection, reset, no answer in time, 503; other answers are not failures of the service as a whole).</summary>
    public double FailureShare { get; init; } = 0.95;

    /// <summary>Attempts in the window below which nothing is concluded.</summary>
    public int Requests { get; init; } = 50;

    /// <summary>What the share is taken over.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it is open the first time; each time a probe fails it doubles.</summary>
    public TimeSpan OpenTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time it is open.</summary>
    public TimeSpan LongestOpenTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests let through to find out, all of which must succeed.</summary>
    public int Probes { get; init; } = 3;
}
