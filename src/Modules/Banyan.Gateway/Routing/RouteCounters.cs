namespace Banyan.Gateway.Routing;

/// <summary>What happened on one route since this process started. Lives as long as the route's name is in the table, across changes of its spec.</summary>
internal sealed class RouteCounters
{
    private readonly long[] _byClass = new long[6];
    private long _active;
    private long _retries;
    private long _failures;
    private long _microseconds;

    public long Active => Interlocked.Read(ref _active);

    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Requests whose answer the gateway made itself or had to break off.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    public long Requests => _byClass.Sum();

    /// <summary>Time from the request's head to the answer's end, summed over all finished requests.</summary>
    public TimeSpan TotalTime => TimeSpan.FromMicroseconds(Interlocked.Read(ref _microseconds));

    /// <summary>Finished requests by the hundred of their status; class 0 = no status was sent.</summary>
    public long OfClass(int hundred) => Interlocked.Read(ref _byClass[hundred]);

    public void Begin() => Interlocked.Increment(ref _active);

    public void End(int status, bool failed, int retries, TimeSpan took)
    {
        Interlocked.Decrement(ref _active);
        Interlocked.Increment(ref _byClass[status is >= 100 and <= 599 ? status / 100 : 0]);
        Interlocked.Add(ref _microseconds, (long)took.TotalMicroseconds);
        if (failed)
        {
            Interlocked.Increment(ref _failures);
        }

        if (retries > 0)
        {
            Interlocked.Add(ref _retries, retries);
        }
    }
}
