using System.Diagnostics.Metrics;
using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry;

/// <summary>What the registry counts. Meter <c>Banyan.Registry</c>.</summary>
internal sealed class RegistryMetrics : IDisposable
{
    private readonly Meter _meter = new("Banyan.Registry");
    private readonly long[] _states = new long[6];

    public RegistryMetrics()
    {
        Heartbeats = _meter.CreateCounter<long>("banyan.registry.heartbeats", "{heartbeat}", "Heartbeats received.");
        Writes = _meter.CreateCounter<long>("banyan.registry.writes", "{write}", "Registrations written to the store.");
        Checks = _meter.CreateCounter<long>("banyan.registry.checks", "{check}", "Active checks, by outcome.");
        ChecksLate = _meter.CreateCounter<long>("banyan.registry.checks.late", "{check}", "Checks that began more than a second late.");
        Frames = _meter.CreateCounter<long>("banyan.registry.watch.messages", "{message}", "Messages to subscribers: built, or shared with another one.");
        Subscribers = _meter.CreateUpDownCounter<long>("banyan.registry.watch.subscribers", "{subscriber}", "Open watches.");
        _meter.CreateObservableGauge("banyan.registry.instances", Observe, "{instance}", "Instances by state.");
    }

    public Counter<long> Heartbeats { get; }

    public Counter<long> Writes { get; }

    public Counter<long> Checks { get; }

    public Counter<long> ChecksLate { get; }

    public Counter<long> Frames { get; }

    public UpDownCounter<long> Subscribers { get; }

    public void Count(InstanceState state, int change) => Interlocked.Add(ref _states[(int)state], change);

    public long CountOf(InstanceState state) => Interlocked.Read(ref _states[(int)state]);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Observe()
    {
        for (var state = InstanceState.Starting; state <= InstanceState.Lost; state++)
        {
            yield return new Measurement<long>(CountOf(state), new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()));
        }
    }
}
