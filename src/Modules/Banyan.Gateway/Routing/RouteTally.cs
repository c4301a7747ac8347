using Banyan.Gateway.Failures;


namespace Banyan.Gateway.Routing;

/// <summary>What one writer has counted on one route. Written by one thread at a time without locked instructions; read by anybody, each number by itself.</summary>
internal sealed class RouteTally
{
    private static readonly int Reasons = Enum.GetValues<FailureReason>().Length;

    private readonly long[] _byClass = new long[6];
    private long[]? _byReason;
    private long _active;
    private long _retries;
    private long _failures;
    private long _microseconds;

    public long Active => Volatile.Read(ref _active);

    public long Retries => Volatile.Read(ref _retries);

    public long Failures => Volatile.Read(ref _failures);

    public long Microseconds => Volatile.Read(ref _microseconds);

    public long OfClass(int hundred) => Volatile.Read(ref _byClass[hundred]);

    public long OfReason(FailureReason reason) => Volatile.Read(ref _byReason) is { } counts ? Volatile.Read(ref counts[(int)reason]) : 0;

    /// <summary>A request has begun.</summary>
    public void Begin() => Volatile.Write(ref _active, _active + 1);

    /// <summary>A request has ended.</summary>
    public void End(int status, FailureReason reason, int retries, TimeSpan took)
    {
        Volatile.Write(ref _active, _active - 1);
        Count(status, reason, retries, took);
    }

    /// <summary>A request has ended that <see cref="Begin"/> was not called for.</summary>
    public void Count(int status, FailureReason reason, int retries, TimeSpan took)
    {
        ref var ofClass = ref _byClass[status is >= 100 and <= 599 ? status / 100 : 0];
        Volatile.Write(ref ofClass, ofClass + 1);
        Volatile.Write(ref _microseconds, _microseconds + (took.Ticks / TimeSpan.TicksPerMicrosecond));
        if (reason != FailureReason.None)
        {
            Volatile.Write(ref _failures, _failures + 1);
            if (_byReason is null)
            {
                Volatile.Write(ref _byReason, new long[Reasons]);
            }

            ref var ofReason = ref _byReason![(int)reason];
            Volatile.Write(ref ofReason, ofReason + 1);
        }

        if (retries > 0)
        {
            Volatile.Write(ref _retries, _retries + retries);
        }
    }
}
