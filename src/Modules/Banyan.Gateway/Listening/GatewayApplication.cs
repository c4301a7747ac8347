using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Forwarding;
using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Listening;

/// <summary>
/// The edge between the server and the forwarder: makes the record, turns failures into answers, closes the record. Every request that reaches it ends here,
/// exactly once.
/// </summary>
internal sealed class GatewayApplication(Forwarder forwarder, GatewayMetrics metrics, AccessLogQueue accessLog, TimeProvider clock, ILogger<GatewayApplication> log)
    : IHttpApplication<GatewayApplication.Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        var context = new DefaultHttpContext(contextFeatures);
        var request = context.Request;
        var target = contextFeatures.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var record = new RequestRecord
        {
            Method = request.Method,
            Host = request.Host.Value ?? string.Empty,
            Path = RequestPath.WithoutQuery(target).ToString(),
            Protocol = request.Protocol,
            TraceId = TraceId(context),
            Client = context.Connection.RemoteIpAddress,
            Began = clock.GetTimestamp(),
        };
        return new Exchange(context, record);
    }

    public async Task ProcessRequestAsync(Exchange context)
    {
        Failure failure;
        try
        {
            failure = await forwarder.ForwardAsync(context.Http, context.Record);
        }
        catch (Exception e)
        {
            // The client may vanish under any write; everything else is a defect of ours.
            failure = context.Http.RequestAborted.IsCancellationRequested
                ? new Failure(context.Http.Response.HasStarted ? FailureReason.ClientGoneInAnswer : FailureReason.ClientGone)
                : new Failure(FailureReason.GatewayDefect, "The gateway's log has the cause.");
            if (failure.Reason == FailureReason.GatewayDefect)
            {
                GatewayLog.Defect(log, e, context.Record.Method, context.Record.Host, context.Record.Path, context.Record.TraceId);
            }
        }

        context.Record.Reason = failure.Reason;
        if (!failure.IsNone)
        {
            try
            {
                await FailureResponse.WriteAsync(context.Http, failure, context.Record.TraceId);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Nobody is there to read it; the record keeps the first reason.
            }
        }

        context.Record.Status = Status(context.Http, failure);
    }

    public void DisposeContext(Exchange context, Exception? exception)
    {
        var record = context.Record;
        record.Ended = clock.GetTimestamp();
        var took = clock.GetElapsedTime(record.Began, record.Ended);
        if (record.Route is { } route)
        {
            route.Counters.End(record.Status, record.Reason, record.Retries, took);
        }
        else
        {
            metrics.Unrouted.Count(record.Status, record.Reason, took);
        }

        metrics.Took(record.Route?.Tag, record.Status, record.Tunnel, took);
        accessLog.Offer(record);
    }

    // What the client got; 499 and the like when it got nothing.
    private static int Status(HttpContext context, Failure failure) =>
        !failure.IsNone && !context.Response.HasStarted && failure.Reason == FailureReason.ClientGone ? FailureCatalog.Of(failure.Reason).Status : context.Response.StatusCode;

    // W3C trace context: 00-<32 hex digits>-<16>-<2>.
    private static string TraceId(HttpContext context) =>
        context.Request.Headers.TraceParent is [{ Length: 55 } parent] && parent[2] == '-' && parent[35] == '-' ? parent.Substring(3, 32) : context.TraceIdentifier;

    /// <summary>One request in the server's hands.</summary>
    internal sealed class Exchange(HttpContext http, RequestRecord record)
    {
        public HttpContext Http { get; } = http;

        public RequestRecord Record { get; } = record;
    }
}
