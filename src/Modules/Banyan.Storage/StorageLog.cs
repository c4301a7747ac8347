using Microsoft.Extensions.Logging;

namespace Banyan.Storage;

/// <summary>The store's log events, 5000 to 5999.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(5001, LogLevel.Information, "Opened the {Engine} store: {Detail}, revision {Revision}, {Keys} keys, {Milliseconds} ms.")]
    public static partial void Opened(this ILogger log, string engine, string detail, long revision, long keys, long milliseconds);

    [LoggerMessage(5002, LogLevel.Warning, "Cut {Bytes} bytes off the end of the log in {Directory}: a commit that was being written when the process or the machine stopped. It was never acknowledged; nothing acknowledged is lost.")]
    public static partial void TornTailCut(this ILogger log, long bytes, string directory);

    [LoggerMessage(5003, LogLevel.Warning, "The option store.flush is off: the last moments before a power failure will be lost.")]
    public static partial void NotFlushing(this ILogger log);
}
