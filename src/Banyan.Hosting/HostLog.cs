using Microsoft.Extensions.Logging;

namespace Banyan.Hosting;

/// <summary>Log events of the module host: 1000 to 1999.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1000, LogLevel.Information, "Starting {Target} in this order: {Order}")]
    public static partial void Order(ILogger log, string target, string order);

    [LoggerMessage(1001, LogLevel.Information, "Running; HTTP on {Http}, gRPC on {Grpc}, data in {Data}")]
    public static partial void Running(ILogger log, Uri http, Uri grpc, string data);

    [LoggerMessage(1002, LogLevel.Debug, "Module {Module} is {State}")]
    public static partial void State(ILogger log, string module, ModuleState state);

    [LoggerMessage(1003, LogLevel.Critical, "Module {Module} failed: {Reason}")]
    public static partial void ModuleFailed(ILogger log, Exception? cause, string module, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "Worker {Worker} of module {Module} failed: {Why}. Restart {Restart} of {Most} in {Seconds} s")]
    public static partial void WorkerRestarts(ILogger log, Exception? cause, string module, string worker, string why, int restart, int most, double seconds);

    [LoggerMessage(1005, LogLevel.Warning, "Worker {Worker} of module {Module} failed while it was stopped")]
    public static partial void WorkerFailedWhileStopping(ILogger log, Exception cause, string module, string worker);

    [LoggerMessage(1006, LogLevel.Information, "Stopping ({Reason}): {Order}")]
    public static partial void Stopping(ILogger log, string reason, string order);

    [LoggerMessage(1007, LogLevel.Error, "Module {Module} did not stop within {Seconds} s; still at work: {What}")]
    public static partial void Overran(ILogger log, string module, double seconds, string what);

    [LoggerMessage(1008, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(1009, LogLevel.Warning, "Stopped at once, as asked for the second time; not stopped in order: {Modules}")]
    public static partial void Forced(ILogger log, string modules);

    [LoggerMessage(1010, LogLevel.Information, "Not ready; waiting {Seconds} s for callers to turn away")]
    public static partial void Draining(ILogger log, double seconds);

    [LoggerMessage(1011, LogLevel.Warning, "Module {Module} stops with {Requests} requests inside; they are cut")]
    public static partial void RequestsLeft(ILogger log, string module, int requests);

    [LoggerMessage(1012, LogLevel.Critical, "Cannot start: {Message}")]
    public static partial void CannotStart(ILogger log, Exception? cause, string message);
}
