namespace Banyan.Gateway.Tests.Support;

/// <summary>The system's clock, which a test sets ahead: a time that is long for any machine runs out when the test says so.</summary>
internal sealed class AheadClock : TimeProvider
{
    private long _ahead;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => System.GetTimestamp() + Volatile.Read(ref _ahead);

    /// <summary>What sleeps by this clock sleeps on; what looks at it sees the new time.</summary>
    public void Skip(TimeSpan time) => Interlocked.Add(ref _ahead, (long)(time.TotalSeconds * TimestampFrequency));
}
