using Banyan.Gateway.Clusters;
using Banyan.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>The sidecar's log events, 4200 to 4299; the engine's own are in <see cref="GatewayLog"/>.</summary>
internal static partial class SidecarLog
{
    [LoggerMessage(4201, LogLevel.Information, "Sidecar listens on {Address} ({Face}).")]
    public static partial void Listening(ILogger log, Uri address, string face);

    [LoggerMessage(4202, LogLevel.Information, "Instance '{Instance}' of service '{Service}' is registered at {Address}.")]
    public static partial void Registered(ILogger log, string instance, ServiceName service, ListenAddress address);

    [LoggerMessage(4203, LogLevel.Warning, "The registration cannot be kept up: {Problem} Requests are served on, and it is tried again.")]
    public static partial void Away(ILogger log, string problem);

    [LoggerMessage(4204, LogLevel.Information, "The registry answers again.")]
    public static partial void Back(ILogger log);

    [LoggerMessage(4205, LogLevel.Information, "The registry knows that the instance leaves; requests are taken for another {Delay}.")]
    public static partial void Draining(ILogger log, TimeSpan delay);

    [LoggerMessage(4206, LogLevel.Warning, "The registry could not be told that the instance leaves: {Problem} It notices when the heartbeats end.")]
    public static partial void NotTold(ILogger log, string problem);

    [LoggerMessage(4207, LogLevel.Warning, "Policies cannot be read from {Server}: {Problem} Those read last stay in force, the defaults before any; reading again in {Delay}.")]
    public static partial void PoliciesLost(ILogger log, Uri server, string problem, TimeSpan delay);

    [LoggerMessage(4208, LogLevel.Information, "Policies are read again.")]
    public static partial void PoliciesBack(ILogger log);

    [LoggerMessage(4209, LogLevel.Warning, "Requests were still running {Time} after the stop began and have been cut.")]
    public static partial void DrainOverran(ILogger log, TimeSpan time);
}
