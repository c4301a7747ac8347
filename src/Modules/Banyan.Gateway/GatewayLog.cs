using Microsoft.Extensions.Logging;

namespace Banyan.Gateway;

/// <summary>The module's log events, 4000 to 4999.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(4001, LogLevel.Information, "Gateway listens on {Address}.")]
    public static partial void Listening(ILogger log, Uri address);

    [LoggerMessage(4002, LogLevel.Debug, "Route table replaced: {Routes} routes, {Conflicts} left out.")]
    public static partial void RoutesReplaced(ILogger log, int routes, int conflicts);

    [LoggerMessage(4003, LogLevel.Warning, "Route '{Route}' is not served as declared: {Problem}")]
    public static partial void RouteConflict(ILogger log, string route, string problem);

    [LoggerMessage(4004, LogLevel.Warning, "The list of instances stopped coming: {Problem} The last known list stays in use; subscribing again in {Delay}.")]
    public static partial void InstancesLost(ILogger log, string problem, TimeSpan delay);

    [LoggerMessage(4005, LogLevel.Debug, "The registry's whole list of instances has arrived: {Instances} instances.")]
    public static partial void InstancesSynced(ILogger log, int instances);

    [LoggerMessage(4006, LogLevel.Warning, "Requests were still running {Time} after the stop began and have been cut.")]
    public static partial void DrainOverran(ILogger log, TimeSpan time);

    [LoggerMessage(4007, LogLevel.Warning, "No more clients can be accepted for {Pause}: {Problem}. Raise the limit of open files, or set gateway.maxConnections below it.")]
    public static partial void AcceptPaused(ILogger log, string problem, TimeSpan pause);

    [LoggerMessage(4091, LogLevel.Error, "A call on event loop {Loop} failed; the connection it was for has been ended.")]
    public static partial void LoopDefect(ILogger log, Exception exception, int loop);

    [LoggerMessage(4090, LogLevel.Error, "A request failed inside the gateway: {Method} {Host}{Path} (trace {Trace}).")]
    public static partial void Defect(ILogger log, Exception exception, string method, string host, string path, string trace);

    [LoggerMessage(
        4100,
        LogLevel.Information,
        "{Client} {Method} {Host} {Path} {Protocol} {Status} {Reason} route={Route} endpoint={Endpoint} retries={Retries} in={BytesIn} out={BytesOut} head={HeadMs:0.0}ms total={TotalMs:0.0}ms trace={Trace}")]
    public static partial void Access(
        ILogger log, string client, string method, string host, string path, string protocol, int status, string reason, string route, string endpoint, int retries, long bytesIn, long bytesOut, double headMs, double totalMs, string trace);
}
