using Microsoft.Extensions.Logging;

namespace Banyan.Registry;

/// <summary>The registry's log events, 3000 to 3999.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(3001, LogLevel.Information, "Read {Count} registrations from the store at revision {Revision}; the registry is ready.")]
    public static partial void SnapshotRead(this ILogger log, int count, long revision);

    [LoggerMessage(3002, LogLevel.Warning, "The store cannot be followed: {Reason} The registry answers from what it has and tries again.")]
    public static partial void StoreAway(this ILogger log, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "{Count} lasting states could not be written: {Reason} They are tried again.")]
    public static partial void StatesNotWritten(this ILogger log, int count, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "Lost instance {Instance} could not be removed: {Reason} It is tried again.")]
    public static partial void NotRemoved(this ILogger log, string instance, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Removed {Count} instances that were lost for longer than the grace.")]
    public static partial void LostRemoved(this ILogger log, int count);

    [LoggerMessage(3006, LogLevel.Debug, "Instance {Instance} registered.")]
    public static partial void Registered(this ILogger log, string instance);

    [LoggerMessage(3007, LogLevel.Debug, "Instance {Instance} drains: {Reason}")]
    public static partial void Drains(this ILogger log, string instance, string reason);

    [LoggerMessage(3008, LogLevel.Debug, "Instance {Instance} deregistered: {Reason}")]
    public static partial void Deregistered(this ILogger log, string instance, string reason);
}
