using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Banyan.Hosting.Metrics;

/// <summary>Everything one instrument has measured since the process started.</summary>
internal sealed class MetricInstrument
{
    /// <summary>Tags must come from small closed sets; whatever goes beyond this many combinations is counted together.</summary>
    public const int MostSeries = 2000;

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] Sizes = [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
    private static readonly double[] Counts = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
    private static readonly KeyValuePair<string, object?>[] Overflow = [new("overflow", "true")];

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _series = new(TagComparer.Instance);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly MetricKind _kind;

    public MetricInstrument(Instrument instrument)
    {
        Instrument = instrument;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        var type = instrument.GetType();
        _kind = (type.IsGenericType ? type.GetGenericTypeDefinition() : type) switch
        {
            var t when t == typeof(Counter<>) => MetricKind.Counter,
            var t when t == typeof(UpDownCounter<>) => MetricKind.UpDown,
            var t when t == typeof(Histogram<>) => MetricKind.Histogram,
            var t when t == typeof(ObservableCounter<>) => MetricKind.ObservedCounter,
            _ => MetricKind.Gauge,
        };
        Bounds = _kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
    }

    private enum MetricKind
    {
        Counter,
        UpDown,
        Histogram,
        ObservedCounter,
        Gauge,
    }

    public Instrument Instrument { get; }

    public double[]? Bounds { get; }

    public bool IsCounter => _kind is MetricKind.Counter or MetricKind.ObservedCounter;

    public IEnumerable<KeyValuePair<KeyValuePair<string, object?>[], MetricSeries>> Series => _series;

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_lookup.TryGetValue(tags, out var series))
        {
            series = _series.GetOrAdd(_series.Count < MostSeries ? tags.ToArray() : Overflow, static (_, bounds) => new MetricSeries(bounds), Bounds);
        }

        switch (_kind)
        {
            case MetricKind.Counter or MetricKind.UpDown:
                series.Add(value);
                break;
            case MetricKind.Histogram:
                series.Record(value);
                break;
            default:
                series.Set(value);
                break;
        }
    }

    /// <summary>Forgets what an observed instrument said last: what it does not say again is gone.</summary>
    public void BeginObservation()
    {
        if (Instrument.IsObservable)
        {
            _series.Clear();
        }
    }

    private static double[] BoundsOf(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            _ => null,
        };
        return advised ?? instrument.Unit switch
        {
            "s" => Seconds,
            "By" => Sizes,
            _ => Counts,
        };
    }
}
