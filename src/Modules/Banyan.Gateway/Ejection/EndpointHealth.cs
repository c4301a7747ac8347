namespace Banyan.Gateway.Ejection;

/// <summary>What one instance's answers say of it. Counting is lock-free and, while all is well, writes one number; the ejection is set under the cluster's lock.</summary>
internal sealed class EndpointHealth
{
    private const int Full = 1 << 16;
    private const int RecentShift = 3;

    private int _streak;

    // Share of failures among about the last eight answers, as a part of Full. Two threads may lose one of their updates; the next answer corrects it.
    private int _recent;
    private long _answered;
    private long _failed;
    private long _broken;
    private volatile EjectionRecord? _ejection;
    private volatile bool _returning;

    /// <summary>Failures since the last success.</summary>
    public int Streak => Volatile.Read(ref _streak);

    /// <summary>Share of failures among about the last eight answers, 0 to 1.</summary>
    public double Recent => (double)Volatile.Read(ref _recent) / Full;

    /// <summary>Answers in the present window that were no failures.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Failures in the present window.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Those failures that mean that the service as a whole may be broken, not that one request made it fail.</summary>
    public long Broken => Interlocked.Read(ref _broken);

    /// <summary>The present ejection, or the last one, for the next to be longer; null when there was none.</summary>
    public EjectionRecord? Ejection => _ejection;

    /// <summary>True after an ejection until it has proved itself: it gets fewer requests and less patience.</summary>
    public bool Returning => _returning;

    public bool IsEjected(long now) => _ejection is { } ejection && now < ejection.Until;

    public void CountSuccess()
    {
        Interlocked.Increment(ref _answered);
        if (_streak != 0)
        {
            Volatile.Write(ref _streak, 0);
        }

        if (_recent is var recent and not 0)
        {
            Volatile.Write(ref _recent, recent - Math.Max(recent >> RecentShift, 1));
        }
    }

    /// <summary>Counts; returns the failures in a row.</summary>
    public int CountFailure(bool broken)
    {
        Interlocked.Increment(ref _failed);
        if (broken)
        {
            Interlocked.Increment(ref _broken);
        }

        var recent = Volatile.Read(ref _recent);
        Volatile.Write(ref _recent, recent + ((Full - recent) >> RecentShift));
        return Interlocked.Increment(ref _streak);
    }

    /// <summary>Begins a new window.</summary>
    public void ClearWindow()
    {
        Interlocked.Exchange(ref _answered, 0);
        Interlocked.Exchange(ref _failed, 0);
        Interlocked.Exchange(ref _broken, 0);
    }

    /// <summary>Leaves it out.</summary>
    public void Eject(EjectionRecord ejection)
    {
        _ejection = ejection;
        _returning = true;
    }

    /// <summary>It comes back: what was before the ejection does not count against it, but a little is enough to eject it again.</summary>
    public void Return(long now)
    {
        if (_ejection is { } ejection && now < ejection.Until)
        {
            _ejection = ejection with { Until = now };
        }

        Volatile.Write(ref _streak, 0);
        Volatile.Write(ref _recent, 0);
        ClearWindow();
    }

    /// <summary>It has proved itself.</summary>
    public void Prove() => _returning = false;
}
