namespace Banyan.Cli.Up;

/// <summary>How long to wait before a program that ended is started again. One that ran for a while starts again almost at once.</summary>
internal sealed class Backoff
{
    /// <summary>A program that lived this long did start.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How often in a row it ended before it was <see cref="Healthy"/>.</summary>
    public int QuickEnds { get; private set; }

    /// <summary>Takes note of an end and says how long to wait.</summary>
    public TimeSpan Next(TimeSpan lived)
    {
        QuickEnds = lived >= Healthy ? 0 : QuickEnds + 1;
        return QuickEnds == 0 ? First : TimeSpan.FromMilliseconds(Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, QuickEnds - 1)));
    }
}
