using System.Diagnostics.Metrics;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway;

/// <summary>
/// The module's metrics. Tags: <c>route</c> = domain/name of a declared route or <c>none</c>; <c>class</c> = 1xx to 5xx or <c>none</c>; <c>reason</c> = a
/// <see cref="FailureReason"/>; <c>outcome</c> = a <see cref="MirrorOutcome"/>. What each request counts stands in its route's counters and is read when metrics are asked for; only durations are told one by one.
/// </summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Banyan.Gateway";

    private static readonly string[] Classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
    private static readonly FailureReason[] Reasons = [.. Enum.GetValues<FailureReason>().Where(reason => reason != FailureReason.None)];

    private static readonly MirrorOutcome[] Outcomes = Enum.GetValues<MirrorOutcome>();

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _refused;
    private Func<IEnumerable<Route>> _routes = static () => [];
    private Func<(long Opened, long Reused)>? _upstreams;

    public GatewayMetrics()
        : this("gateway")
    {
    }

    /// <summary>The metrics of another module that runs the same engine.</summary>
    public GatewayMetrics(string module)
    {
        _meter = new Meter($"Banyan.{char.ToUpperInvariant(module[0])}{module[1..]}");
        var prefix = $"banyan.{module}";
        _meter.CreateObservableCounter($"{prefix}.requests", Requests, "{request}", "Finished requests by route and class of status.");
        _meter.CreateObservableCounter($"{prefix}.retries", Retries, "{attempt}", "Attempts after one that failed where it was safe to try again.");
        _meter.CreateObservableCounter($"{prefix}.failures", Failures, "{request}", "Requests that did not get a service's whole answer, by reason.");
        _meter.CreateObservableCounter($"{prefix}.mirrors", Mirrors, "{request}", "Requests that were to be copied, by route and what became of the copy.");
        _meter.CreateObservableUpDownCounter($"{prefix}.active", () => Counted.Sum(c => c.Counters.Active), "{request}", "Requests running now.");
        _meter.CreateObservableCounter($"{prefix}.upstream.connections", Connections, "{connection}", "Connections to instances that requests got, by whether others had used them before.");
        _duration = _meter.CreateHistogram<double>($"{prefix}.request.duration", "s", "From the request's head to the answer's end; tunnels are left out.");
        _dropped = _meter.CreateCounter<long>($"{prefix}.accesslog.dropped", "{line}", "Access log lines lost because the log could not keep up.");
        _refused = _meter.CreateCounter<long>($"{prefix}.connections.refused", "{connection}", "Clients' connections closed at once, because there were too many.");
    }

    /// <summary>Counts of requests that no route took.</summary>
    public RouteCounters Unrouted { get; } = new();

    private IEnumerable<(string Tag, RouteCounters Counters)> Counted => _routes().Select(r => (r.Tag, r.Counters)).Append(("none", Unrouted));

    /// <summary>Says where the counters are.</summary>
    public void Observe(Func<IEnumerable<Route>> routes, Func<(long Opened, long Reused)> upstreams)
    {
        _routes = routes;
        _upstreams = upstreams;
    }

    /// <summary>Tells how long a request took.</summary>
    public void Took(string? route, int status, bool tunnel, TimeSpan took)
    {
        if (!tunnel && _duration.Enabled)
        {
            _duration.Record(took.TotalSeconds, Tag("route", route ?? "none"), Tag("class", Classes[status is >= 100 and <= 599 ? status / 100 : 0]));
        }
    }

    public void AccessLogDropped() => _dropped.Add(1);

    public void ConnectionRefused() => _refused.Add(1);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private IEnumerable<Measurement<long>> Requests() =>
        from counted in Counted
        from hundred in Enumerable.Range(0, Classes.Length)
        let count = counted.Counters.OfClass(hundred)
        where count > 0
        select new Measurement<long>(count, Tag("route", counted.Tag), Tag("class", Classes[hundred]));

    private IEnumerable<Measurement<long>> Retries() =>
        from counted in Counted
        let count = counted.Counters.Retries
        where count > 0
        select new Measurement<long>(count, Tag("route", counted.Tag));

    private IEnumerable<Measurement<long>> Failures() =>
        from counted in Counted
        where counted.Counters.Failures > 0
        from reason in Reasons
        let count = counted.Counters.OfReason(reason)
        where count > 0
        select new Measurement<long>(count, Tag("route", counted.Tag), Tag("reason", reason.ToString()));

    private IEnumerable<Measurement<long>> Mirrors() =>
        from route in _routes()
        where route.Mirror is not null
        from outcome in Outcomes
        let count = route.Counters.Mirrors.Of(outcome)
        where count > 0
        select new Measurement<long>(count, Tag("route", route.Tag), Tag("outcome", outcome.ToString()));

    private IEnumerable<Measurement<long>> Connections()
    {
        if (_upstreams?.Invoke() is { } counts)
        {
            yield return new Measurement<long>(counts.Opened, Tag("use", "opened"));
            yield return new Measurement<long>(counts.Reused, Tag("use", "reused"));
        }
    }
}
