namespace Banyan.Loops.Tls;

/// <summary>What the streams of a context came to. Safe for concurrent use.</summary>
public sealed class TlsCounts
{
    private long _handshakes;
    private long _resumed;
    private long _failed;

    /// <summary>Handshakes that were finished, resumed ones included.</summary>
    public long Handshakes => Volatile.Read(ref _handshakes);

    /// <summary>Finished handshakes that resumed a session.</summary>
    public long Resumed => Volatile.Read(ref _resumed);

    /// <summary>Handshakes that failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    internal void Finished(bool resumed)
    {
        // In this order no reader sees a handshake whose resumption is still to be counted.
        if (resumed)
        {
            Interlocked.Increment(ref _resumed);
        }

        Interlocked.Increment(ref _handshakes);
    }

    internal void Fail() => Interlocked.Increment(ref _failed);
}
