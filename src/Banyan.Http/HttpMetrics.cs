using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Http;

/// <summary>Counts requests by method, route and status, and how long they took. Routes are templates, so the set of values is closed.</summary>
public sealed class HttpMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _streams;

    /// <summary>Creates the instruments.</summary>
    public HttpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("banyan.http");
        _requests = meter.CreateCounter<long>("banyan.http.requests", "{request}", "Requests answered, by method, route and status.");
        _duration = meter.CreateHistogram<double>("banyan.http.duration", "s", "Time from the request's head to the end of the answer; without streams.");
        _streams = meter.CreateUpDownCounter<long>("banyan.http.streams", "{stream}", "Open event streams.");
    }

    internal void Answered(HttpContext context, TimeSpan duration)
    {
        var method = new KeyValuePair<string, object?>("method", Known(context.Request.Method));
        var route = new KeyValuePair<string, object?>("route", RouteOf(context));
        var status = new KeyValuePair<string, object?>("status", context.Response.StatusCode);
        _requests.Add(1, method, route, status);
        if (context.Response.ContentType is not "text/event-stream")
        {
            _duration.Record(duration.TotalSeconds, method, route, status);
        }
    }

    internal void StreamOpened() => _streams.Add(1);

    internal void StreamClosed() => _streams.Add(-1);

    internal static string RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    private static string Known(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPut(method) || HttpMethods.IsPost(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method)
            || HttpMethods.IsHead(method) ? method : "other";
}
