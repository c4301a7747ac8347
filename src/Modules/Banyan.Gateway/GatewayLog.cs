using Banyan.Gateway.Clusters;
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

    [LoggerMessage(4030, LogLevel.Warning, "No more clients can be accepted for {Pause}: {Problem}. Raise the limit of open files, or set gateway.maxConnections below it.")]
    public static partial void AcceptPaused(ILogger log, string problem, TimeSpan pause);

    [LoggerMessage(4031, LogLevel.Error, "Changed certificates cannot be used on the event loops, and those before stay in use: {Problem}")]
    public static partial void LoopTlsUnchanged(ILogger log, string problem);

    [LoggerMessage(4091, LogLevel.Error, "A call on event loop {Loop} failed; the connection it was for has been ended.")]
    public static partial void LoopDefect(ILogger log, Exception exception, int loop);

    [LoggerMessage(4007, LogLevel.Warning, "Instance '{Endpoint}' of service '{Service}' gets no requests for {Time}: {Why}.")]
    public static partial void EndpointEjected(ILogger log, string endpoint, ServiceName service, string why, TimeSpan time);

    [LoggerMessage(4008, LogLevel.Warning, "The circuit of service '{Service}' is open for {Time}: {Why}.")]
    public static partial void CircuitOpened(ILogger log, ServiceName service, string why, TimeSpan time);

    [LoggerMessage(4009, LogLevel.Warning, "TrafficPolicy '{Policy}' is not in force: an older one is for service '{Service}' already. Delete one of them.")]
    public static partial void PolicyIgnored(ILogger log, string policy, ServiceName service);

    [LoggerMessage(4020, LogLevel.Debug, "Certificate table replaced: {Certificates} certificates, version {Version}.")]
    public static partial void CertificatesReplaced(ILogger log, int certificates, long version);

    [LoggerMessage(4021, LogLevel.Warning, "Certificate '{Certificate}' cannot be used as it is now: {Problem} {Meanwhile}")]
    public static partial void CertificateProblem(ILogger log, string certificate, string problem, string meanwhile);

    [LoggerMessage(4022, LogLevel.Warning, "Certificate '{Certificate}' is not served as declared: {Problem}")]
    public static partial void CertificateConflict(ILogger log, string certificate, string problem);

    [LoggerMessage(4023, LogLevel.Warning, "Certificate '{Certificate}' expires in {Days} days, at {NotAfter:u}. Have it issued again.")]
    public static partial void CertificateExpires(ILogger log, string certificate, int days, DateTimeOffset notAfter);

    [LoggerMessage(4024, LogLevel.Error, "Certificate '{Certificate}' expired at {NotAfter:u}: clients refuse the connection. Have it issued again.")]
    public static partial void CertificateExpired(ILogger log, string certificate, DateTimeOffset notAfter);

    [LoggerMessage(4025, LogLevel.Warning, "Certificate '{Certificate}' cannot be read from the store now, and is tried again: {Problem}")]
    public static partial void CertificateUnread(ILogger log, string certificate, string problem);

    [LoggerMessage(4026, LogLevel.Debug, "The status of certificate '{Certificate}' could not be written, and is tried again: {Problem}")]
    public static partial void CertificateStatusUnwritten(ILogger log, string certificate, string problem);

    [LoggerMessage(4010, LogLevel.Warning, "The parts of shared rate limits cannot be balanced: {Problem} This gateway keeps its parts for {Time} and then gives out less.")]
    public static partial void QuotasKept(ILogger log, string problem, TimeSpan time);

    [LoggerMessage(4040, LogLevel.Information, "The listeners of {Addresses} addresses were taken over from the gateway that ran before.")]
    public static partial void HandoverReceived(ILogger log, int addresses);

    [LoggerMessage(4041, LogLevel.Warning, "Whoever listens on the hand-over socket '{Path}' gave no listeners, and the ports are opened anew: {Problem}")]
    public static partial void HandoverNotReceived(ILogger log, string path, string problem);

    [LoggerMessage(4042, LogLevel.Warning, "The gateway that ran before did not hear that its listeners are taken, and both serve new clients: {Problem} Stop it.")]
    public static partial void HandoverUnheard(ILogger log, string problem);

    [LoggerMessage(4043, LogLevel.Information, "The listeners of {Addresses} addresses were handed over to a successor; this gateway ends its connections and stops.")]
    public static partial void HandoverGiven(ILogger log, int addresses);

    [LoggerMessage(4045, LogLevel.Error, "The hand-over socket '{Path}' cannot be put in its place, so the next restart refuses connections: {Problem}")]
    public static partial void HandoverClosed(ILogger log, string path, string problem);

    [LoggerMessage(4044, LogLevel.Warning, "Somebody asked for the listeners and did not take them; this gateway goes on: {Problem}")]
    public static partial void HandoverNotGiven(ILogger log, string problem);

    [LoggerMessage(
        4100,
        LogLevel.Information,
        "{Client} {Method} {Host} {Path} {Protocol} {Status} {Reason} route={Route} endpoint={Endpoint} retries={Retries} hedge={Hedge} in={BytesIn} out={BytesOut} head={HeadMs:0.0}ms total={TotalMs:0.0}ms trace={Trace}")]
    public static partial void Access(
        ILogger log, string client, string method, string host, string path, string protocol, int status, string reason, string route, string endpoint, int retries, string hedge, long bytesIn, long bytesOut, double headMs, double totalMs, string trace);
}
