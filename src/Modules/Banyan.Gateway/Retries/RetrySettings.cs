namespace Banyan.Gateway.Retries;

/// <summary>How much may be tried again.</summary>
internal sealed record RetrySettings
{
    /// <summary>Attempts in all, the first included; 1 = no retry.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Retries in progress, as a part of all requests in progress to the service (0 to 1).</summary>
    public double BudgetShare { get; init; } = 0.2;

    /// <summary>Retries that may begin each second whatever the share says.</summary>
    public int MinPerSecond { get; init; } = 10;

    /// <summary>True: reads that take longer than nearly all others are asked of a second instance too.</summary>
    public bool Hedge { get; init; }

    /// <summary>Shortest wait before a second instance is asked.</summary>
    public TimeSpan HedgeMinDelay { get; init; } = TimeSpan.FromMilliseconds(5);
}
