namespace Banyan.Hosting;

/// <summary>How often a failed worker is started again.</summary>
/// <param name="Most">So many restarts in a row; the next failure fails the module and ends the process.</param>
/// <param name="FirstPause">Pause before the first restart; each further one is twice as long.</param>
/// <param name="LongestPause">No pause is longer.</param>
/// <param name="ForgivenAfter">A worker that ran this long starts counting anew.</param>
public sealed record WorkerRestarts(int Most, TimeSpan FirstPause, TimeSpan LongestPause, TimeSpan ForgivenAfter)
{
    /// <summary>Eight restarts, after 0.1 s, 0.2 s, … at most 10 s; forgiven after one minute.</summary>
    public static WorkerRestarts Default { get; } = new(8, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));

    /// <summary>The first failure fails the module.</summary>
    public static WorkerRestarts None { get; } = Default with { Most = 0 };

    /// <summary>The pause before the n-th restart in a row, counted from 1.</summary>
    public TimeSpan PauseBefore(int restart)
    {
        var pause = FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(restart - 1, 30));
        return pause < LongestPause.TotalMilliseconds ? TimeSpan.FromMilliseconds(pause) : LongestPause;
    }
}
