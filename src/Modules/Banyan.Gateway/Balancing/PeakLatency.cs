namespace Banyan.Gateway.Balancing;

/// <summary>
/// A decaying average of latency that follows a rise at once and a fall slowly, so that one slow answer is enough to be careful (peak EWMA, as in Finagle). Safe
/// for concurrent use without a lock: when two threads write at once one sample is lost, which the next ones make good.
/// </summary>
internal struct PeakLatency
{
    /// <summary>After each so long without a sample half of what is known has faded.</summary>
    public const long FadeTicks = 5 * TimeSpan.TicksPerSecond;

    private long _ticks;
    private long _at;

    /// <summary>Takes a sample.</summary>
    public void Observe(long latencyTicks, long now)
    {
        var value = Volatile.Read(ref _ticks);
        var faded = Faded(value, Volatile.Read(ref _at), now);
        if (latencyTicks >= faded)
        {
            value = latencyTicks;
        }
        else
        {
            // What is not kept of the old is the new: at once after the last sample little, after a long pause nearly all. At least a sixteenth, so that
            // samples in one tick count too.
            var keep = value == 0 ? 0 : Math.Min((double)faded / value, 15.0 / 16);
            value = (long)((value * keep) + (latencyTicks * (1 - keep)));
        }

        Volatile.Write(ref _ticks, Math.Max(value, 1));
        Volatile.Write(ref _at, now);
    }

    /// <summary>The average at a moment, in ticks of 100 ns; 0 = nothing observed yet.</summary>
    public readonly long At(long now) => Faded(Volatile.Read(in _ticks), Volatile.Read(in _at), now);

    // Halved for each whole fade time, and linear within one: within 6 % of the exponential, without a call of a transcendental function for each of two
    // candidates of each request.
    private static long Faded(long ticks, long at, long now)
    {
        if (now <= at)
        {
            return ticks;
        }

        var (times, rest) = Math.DivRem(now - at, FadeTicks);
        var halved = ticks >> (int)Math.Min(times, 62);
        return halved - (long)(halved * (0.5 / FadeTicks) * rest);
    }
}
