using System.Diagnostics.Metrics;
using Banyan.Gateway.Forwarding;

namespace Banyan.Gateway;

/// <summary>The module's metrics. Tags: <c>route</c> = domain/name of a declared route or <c>none</c>; <c>class</c> = 1xx to 5xx or <c>none</c>; <c>reason</c> = a <see cref="FailureReason"/>.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Banyan.Gateway";

    private static readonly string[] Classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
    private static readonly string[] Reasons = [.. Enum.GetNames<FailureReason>()];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _failures;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _refused;

    public GatewayMetrics()
    {
        _requests = _meter.CreateCounter<long>("banyan.gateway.requests", "{request}", "Finished requests by route and class of status.");
        _duration = _meter.CreateHistogram<double>("banyan.gateway.request.duration", "s", "From the request's head to the answer's end; tunnels are left out.");
        _retries = _meter.CreateCounter<long>("banyan.gateway.retries", "{attempt}", "Attempts on another instance after a connection could not be opened.");
        _failures = _meter.CreateCounter<long>("banyan.gateway.failures", "{request}", "Requests that did not get a service's whole answer, by reason.");
        _active = _meter.CreateUpDownCounter<long>("banyan.gateway.active", "{request}", "Requests running now.");
        _dropped = _meter.CreateCounter<long>("banyan.gateway.accesslog.dropped", "{line}", "Access log lines lost because the log could not keep up.");
        _refused = _meter.CreateCounter<long>("banyan.gateway.connections.refused", "{connection}", "Clients' connections closed at once, because there were too many.");
    }

    public void Begin() => _active.Add(1);

    public void End(RequestRecord record, TimeSpan took) => End(record.Route?.Tag, record.Status, record.Reason, record.Retries, record.Tunnel, took);

    /// <summary>Counts one request that has ended.</summary>
    public void End(string? routeTag, int status, FailureReason reason, int retries, bool tunnel, TimeSpan took)
    {
        _active.Add(-1);
        var route = new KeyValuePair<string, object?>("route", routeTag ?? "none");
        var hundred = new KeyValuePair<string, object?>("class", Classes[status is >= 100 and <= 599 ? status / 100 : 0]);
        _requests.Add(1, route, hundred);
        if (!tunnel)
        {
            _duration.Record(took.TotalSeconds, route, hundred);
        }

        if (retries > 0)
        {
            _retries.Add(retries, route);
        }

        if (reason != FailureReason.None)
        {
            _failures.Add(1, route, new KeyValuePair<string, object?>("reason", Reasons[(int)reason]));
        }
    }

    public void AccessLogDropped() => _dropped.Add(1);

    public void ConnectionRefused() => _refused.Add(1);

    public void Dispose() => _meter.Dispose();
}
