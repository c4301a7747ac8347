namespace Banyan.Hosting.Metrics;

/// <summary>One set of tags of one instrument: a number, or a histogram when it has bounds. Safe for concurrent use.</summary>
internal sealed class MetricSeries(double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public void Add(double by)
    {
        double was;
        do
        {
            was = Volatile.Read(ref _value);
        }
        while (BitConverter.DoubleToInt64Bits(Interlocked.CompareExchange(ref _value, was + by, was)) != BitConverter.DoubleToInt64Bits(was));
    }

    public void Set(double to) => Volatile.Write(ref _value, to);

    public void Record(double value)
    {
        // Upper bounds are inclusive: a value that equals a bound is counted there.
        var at = Array.BinarySearch(bounds!, value);
        lock (_lock)
        {
            _buckets[at >= 0 ? at : ~at]++;
            _value += value;
            _count++;
        }
    }

    public double Value => Volatile.Read(ref _value);

    /// <summary>A histogram at one moment: counts a bucket (the last is beyond all bounds), sum, count.</summary>
    public (long[] Buckets, double Sum, long Count) Read()
    {
        lock (_lock)
        {
            return ([.. _buckets], _value, _count);
        }
    }
}
