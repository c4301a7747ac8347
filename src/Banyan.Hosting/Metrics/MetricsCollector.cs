using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Banyan.Hosting.Metrics;

/// <summary>Listens to the meters of this process and adds up what they measure. Meters made by another host's factory are not its own.</summary>
internal sealed class MetricsCollector : IDisposable
{
    // Told elsewhere in more detail, or of no use to an operator.
    private static readonly string[] Ignored = ["System.Net.Http", "System.Net.NameResolution", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.MemoryPool"];

    private readonly ConcurrentDictionary<Instrument, MetricInstrument> _instruments = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();

    public MetricsCollector(IMeterFactory own)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if ((instrument.Meter.Scope is null || instrument.Meter.Scope == own) && !Ignored.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, static i => new MetricInstrument(i)));
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((MetricInstrument)state!).Measure((double)value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, in Prometheus' text format 0.0.4.</summary>
    public string ToPrometheus()
    {
        lock (_scrape)
        {
            foreach (var instrument in _instruments.Values)
            {
                instrument.BeginObservation();
            }

            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_instruments.Values);
        }
    }

    public void Dispose() => _listener.Dispose();
}
