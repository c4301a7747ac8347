namespace Banyan.Gateway.Mirrors;

/// <summary>The copies of one route since this process started, and the room for those under way. Safe for concurrent use; touched by copied requests only.</summary>
internal sealed class MirrorCounters
{
    private readonly long[] _byOutcome = new long[Enum.GetValues<MirrorOutcome>().Length];
    private int _inFlight;

    /// <summary>Copies under way, from the head of their request to the end of their answer.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Copies with this outcome.</summary>
    public long Of(MirrorOutcome outcome) => Volatile.Read(ref _byOutcome[(int)outcome]);

    /// <summary>Takes room for one copy. After a yes <see cref="Leave"/> follows once.</summary>
    /// <param name="most">Copies there may be at one time.</param>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _inFlight) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <summary>Gives the room back, and counts: whoever sees the outcome finds the room free.</summary>
    public void Leave(MirrorOutcome outcome)
    {
        Interlocked.Decrement(ref _inFlight);
        Count(outcome);
    }

    /// <summary>Counts a copy that never had room.</summary>
    public void Count(MirrorOutcome outcome) => Interlocked.Increment(ref _byOutcome[(int)outcome]);
}
