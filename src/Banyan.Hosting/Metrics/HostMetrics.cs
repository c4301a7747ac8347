using System.Diagnostics.Metrics;

namespace Banyan.Hosting.Metrics;

/// <summary>What the module host measures of itself.</summary>
internal sealed class HostMetrics
{
    private readonly Counter<long> _restarts;

    public HostMetrics(IMeterFactory meters, IReadOnlyList<ModuleRuntime> modules)
    {
        var meter = meters.Create("Banyan.Hosting");
        _restarts = meter.CreateCounter<long>("banyan.host.worker.restarts", "{restart}", "Restarts of workers that failed.");
        meter.CreateObservableGauge(
            "banyan.host.module.running",
            () => modules.Select(m => new Measurement<int>(m.State == ModuleState.Running ? 1 : 0, new KeyValuePair<string, object?>("module", m.Name))),
            description: "1 while the module runs.");
        meter.CreateObservableGauge(
            "banyan.host.module.requests",
            () => modules.Select(m => new Measurement<int>(m.Requests, new KeyValuePair<string, object?>("module", m.Name))),
            "{request}",
            "Requests inside the module's endpoints.");
    }

    public void WorkerRestarted(string module, string worker) =>
        _restarts.Add(1, new KeyValuePair<string, object?>("module", module), new KeyValuePair<string, object?>("worker", worker));
}
