using System.Numerics;

namespace Banyan.Gateway.Limits;

/// <summary>
/// Latencies in buckets an eighth of a power of two wide, from a microsecond to an hour: a quantile is right within 13 %. Adding is one atomic increment; reading
/// and fading are for one thread at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;
    private const int Buckets = (32 - StepBits + 1) * Steps;

    private readonly int[] _counts = new int[Buckets];

    /// <summary>Adds one.</summary>
    public void Add(long ticks) => Interlocked.Increment(ref _counts[BucketOf(ticks)]);

    /// <summary>How many there are.</summary>
    public long Count()
    {
        long sum = 0;
        foreach (var count in _counts)
        {
            sum += count;
        }

        return sum;
    }

    /// <summary>The latency that a share of all stays within, in ticks of 100 ns; 0 when there are none.</summary>
    /// <param name="share">0.95 = the 95th percentile.</param>
    public long Quantile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(Count() * share));
        long seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return UpperTicks(i);
            }
        }

        return 0;
    }

    /// <summary>Moves every count to another histogram and leaves this one empty.</summary>
    public void Drain(LatencyHistogram into)
    {
        for (var i = 0; i < Buckets; i++)
        {
            if (Volatile.Read(ref _counts[i]) != 0)
            {
                Interlocked.Add(ref into._counts[i], Interlocked.Exchange(ref _counts[i], 0));
            }
        }
    }

    /// <summary>Halves every count, so that what was long ago weighs little.</summary>
    public void Fade()
    {
        for (var i = 0; i < Buckets; i++)
        {
            // Subtracting keeps what is added meanwhile.
            var count = Volatile.Read(ref _counts[i]);
            Interlocked.Add(ref _counts[i], -((count + 1) / 2));
        }
    }

    private static int BucketOf(long ticks)
    {
        var micros = (uint)Math.Clamp(ticks / TimeSpan.TicksPerMicrosecond, 0, uint.MaxValue);
        var power = BitOperations.Log2(micros | 1);
        return power <= StepBits ? (int)micros : ((power - StepBits) << StepBits) + (int)(micros >> (power - StepBits));
    }

    private static long UpperTicks(int bucket)
    {
        if (bucket < 2 * Steps)
        {
            return (bucket + 1) * TimeSpan.TicksPerMicrosecond;
        }

        var shift = (bucket >> StepBits) - 1;
        return ((long)((bucket & (Steps - 1)) + Steps + 1) << shift) * TimeSpan.TicksPerMicrosecond;
    }
}
