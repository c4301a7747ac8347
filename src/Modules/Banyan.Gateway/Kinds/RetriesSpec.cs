namespace Banyan.Gateway.Kinds;

/// <summary>How much may be tried again. Which requests may be is not to be set: only those of which it is provably safe.</summary>
public sealed record RetriesSpec
{
    /// <summary>Attempts in all, the first included: 1 to 4, default 2. 1 = no retry.</summary>
    public int? Attempts { get; init; }

    /// <summary>Retries in progress, in percent of all requests in progress: 0 to 100, default 20.</summary>
    public int? BudgetPercent { get; init; }

    /// <summary>Retries that may begin each second whatever the percentage says: 0 to 1000, default 10.</summary>
    public int? MinPerSecond { get; init; }

    /// <summary>
    /// True: a read (GET, HEAD, OPTIONS without a body) whose answer has not begun after the time in which 95 of 100 have is asked of a second instance as well, within
    /// the budget; the first answer is used. Default false.
    /// </summary>
    public bool? Hedge { get; init; }

    /// <summary>Shortest wait before a second instance is asked: 1ms to 10s, default 5ms.</summary>
    public string? HedgeMinDelay { get; init; }
}
