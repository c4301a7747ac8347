using Microsoft.Extensions.Logging;

namespace Banyan.Chassis;

/// <summary>The chassis' log events, 20000 to 20999.</summary>
internal static partial class ChassisLog
{
    [LoggerMessage(20001, LogLevel.Information, "Not inside Banyan (BANYAN_GRPC or BANYAN_SERVICE is not set): nothing is registered, and names are resolved as usual.")]
    public static partial void Inert(this ILogger log);

    [LoggerMessage(20002, LogLevel.Information, "Registered as '{Instance}' of service '{Service}' in domain '{Domain}' at {Host}:{Port}.")]
    public static partial void Registered(this ILogger log, string instance, string service, string domain, string host, int port);

    [LoggerMessage(20003, LogLevel.Warning, "Banyan is away: {Reason} This service goes on with what it knows and keeps trying.")]
    public static partial void Away(this ILogger log, string reason);

    [LoggerMessage(20004, LogLevel.Information, "Banyan is back.")]
    public static partial void Back(this ILogger log);

    [LoggerMessage(20005, LogLevel.Information, "Leaving: told Banyan, waiting {Seconds} s for callers to hear of it.")]
    public static partial void Draining(this ILogger log, double seconds);

    [LoggerMessage(20006, LogLevel.Warning, "Could not tell Banyan that this instance leaves: {Reason} Callers find out by themselves.")]
    public static partial void NotTold(this ILogger log, string reason);

    [LoggerMessage(20007, LogLevel.Error, "Banyan refuses this registration: {Reason} It is tried again, but somebody has to correct it.")]
    public static partial void Refused(this ILogger log, string reason);

    [LoggerMessage(20008, LogLevel.Information, "Nothing to register: this program listens on no port. Set ChassisOptions.Port if it does.")]
    public static partial void NoPort(this ILogger log);

    [LoggerMessage(20009, LogLevel.Warning, "The instances of '{Service}' cannot be followed: {Reason} Using the last known {Count}.")]
    public static partial void CannotFollow(this ILogger log, string service, string reason, int count);

    [LoggerMessage(20010, LogLevel.Warning, "The last known instances of '{Service}' could not be kept in '{Path}': {Reason}")]
    public static partial void NotKept(this ILogger log, string service, string path, string reason);
}
