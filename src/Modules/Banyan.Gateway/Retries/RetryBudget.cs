namespace Banyan.Gateway.Retries;

/// <summary>
/// Keeps retries a small part of a service's requests, so that a service in trouble does not get more of them. A retry counts from its admission, through its
/// back-off, to its end. Safe for concurrent use; takes no lock.
/// </summary>
internal sealed class RetryBudget(RetrySettings settings)
{
    private readonly long _interval = settings.MinPerSecond > 0 ? TimeSpan.TicksPerSecond / settings.MinPerSecond : 0;
    private int _retrying;
    private long _refused;

    // Theoretical arrival time of the next retry outside the share (GCRA): one second's worth may come at once.
    private long _next;

    /// <summary>Retries in progress, those that wait for their back-off included.</summary>
    public int Retrying => Volatile.Read(ref _retrying);

    /// <summary>Retries not made for want of budget.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Asks for one retry. After a yes the caller must call <see cref="End"/> once, when the retry has ended.</summary>
    /// <param name="active">Requests in progress to the service.</param>
    /// <param name="now">Now, in ticks of 100 ns.</param>
    public bool TryBegin(int active, long now)
    {
        if (Interlocked.Increment(ref _retrying) <= active * settings.BudgetShare || TryTakeMinimum(now))
        {
            return true;
        }

        Interlocked.Decrement(ref _retrying);
        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Tells that a retry has ended, however.</summary>
    public void End() => Interlocked.Decrement(ref _retrying);

    private bool TryTakeMinimum(long now)
    {
        while (_interval > 0)
        {
            var seen = Volatile.Read(ref _next);
            var next = Math.Max(seen, now) + _interval;
            if (next - now > TimeSpan.TicksPerSecond)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _next, next, seen) == seen)
            {
                return true;
            }
        }

        return false;
    }
}
