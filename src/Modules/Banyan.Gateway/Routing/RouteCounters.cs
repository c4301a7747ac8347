using Banyan.Gateway.Failures;
using Banyan.Gateway.Mirrors;

namespace Banyan.Gateway.Routing;

/// <summary>
/// What happened on one route since this process started. Lives as long as the route's name is in the table, across changes of its spec. Each event loop counts in
/// a tally of its own, so that no two processors write one line of memory; whoever reads adds them up.
/// </summary>
internal sealed class RouteCounters
{
    private readonly Lock _lock = new();

    private RouteTally?[] _ofLoops = [];

    // Few routes have any.
    private MirrorCounters? _mirrors;

    /// <summary>Copies of its requests.</summary>
    public MirrorCounters Mirrors => _mirrors ?? MakeMirrors();

    public long Active => Sum(static (tally, _) => tally.Active);

    public long Retries => Sum(static (tally, _) => tally.Retries);

    /// <summary>Requests whose answer the gateway made itself or had to break off.</summary>
    public long Failures => Sum(static (tally, _) => tally.Failures);

    public long Requests => Enumerable.Range(0, 6).Sum(OfClass);

    /// <summary>Time from the request's head to the answer's end, summed over all finished requests.</summary>
    public TimeSpan TotalTime => TimeSpan.FromMicroseconds(Sum(static (tally, _) => tally.Microseconds));

    /// <summary>Finished requests by the hundred of their status; class 0 = no status was sent.</summary>
    public long OfClass(int hundred) => Sum(static (tally, hundred) => tally.OfClass(hundred), hundred);

    /// <summary>Failures of one reason.</summary>
    public long OfReason(FailureReason reason) => Sum(static (tally, reason) => tally.OfReason((FailureReason)reason), (int)reason);

    /// <summary>Where a loop counts; the same object each time. Takes a lock only the first time.</summary>
    /// <param name="loop">The loop's index.</param>
    public RouteTally Of(int loop)
    {
        var tallies = Volatile.Read(ref _ofLoops);
        return loop < tallies.Length && tallies[loop] is { } known ? known : Make(loop);
    }

    private MirrorCounters MakeMirrors() => Interlocked.CompareExchange(ref _mirrors, new MirrorCounters(), null) ?? _mirrors;

    private RouteTally Make(int loop)
    {
        lock (_lock)
        {
            if (loop < _ofLoops.Length && _ofLoops[loop] is { } known)
            {
                return known;
            }

            var made = new RouteTally();
            var next = new RouteTally?[Math.Max(loop + 1, _ofLoops.Length)];
            _ofLoops.CopyTo(next, 0);
            next[loop] = made;
            Volatile.Write(ref _ofLoops, next);
            return made;
        }
    }

    private long Sum(Func<RouteTally, int, long> number, int argument = 0)
    {
        var sum = 0L;
        foreach (var tally in Volatile.Read(ref _ofLoops))
        {
            sum += tally is null ? 0 : number(tally, argument);
        }

        return sum;
    }
}
