using Microsoft.Extensions.Logging;

namespace Banyan.Http;

/// <summary>Log events of the HTTP edge: 2100 to 2199. Never tokens, never bodies.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(2100, LogLevel.Error, "{Method} {Route} failed (trace {TraceId}).")]
    public static partial void RequestFailed(ILogger log, string method, string route, string traceId, Exception error);

    [LoggerMessage(2101, LogLevel.Warning, "{Method} {Route}: the store does not answer (trace {TraceId}).")]
    public static partial void StoreUnavailable(ILogger log, string method, string route, string traceId, Exception error);

    [LoggerMessage(2102, LogLevel.Information, "Wrote a new {Role} token to {File}.")]
    public static partial void TokenWritten(ILogger log, string role, string file);

    [LoggerMessage(2103, LogLevel.Warning, "{File} is not here, but the credential '{Name}' exists. Whoever has the token may rotate it: 'banyan credentials rotate {Name}'.")]
    public static partial void TokenFileMissing(ILogger log, string file, string name);

    [LoggerMessage(2104, LogLevel.Warning, "{File} holds a token that is not the one of the credential '{Name}'; it was rotated elsewhere.")]
    public static partial void TokenFileStale(ILogger log, string file, string name);

    [LoggerMessage(2105, LogLevel.Warning, "{File} could be read by others than its owner; that has been taken away. Rotate the credential '{Name}' if others use this machine.")]
    public static partial void TokenFileTightened(ILogger log, string file, string name);

    [LoggerMessage(2106, LogLevel.Information, "Credential '{Name}' ({Role}) was {What} by '{Actor}'.")]
    public static partial void CredentialChanged(ILogger log, string name, string role, string what, string actor);

    [LoggerMessage(2107, LogLevel.Error, "The stored credential at '{Key}' cannot be read and is ignored.")]
    public static partial void CredentialUnreadable(ILogger log, string key, Exception error);
}
