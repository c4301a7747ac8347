using Microsoft.Extensions.Logging;

namespace Banyan.Resources;

/// <summary>Log events of the resource model: 2000 to 2099.</summary>
internal static partial class ResourcesLog
{
    [LoggerMessage(2000, LogLevel.Warning, "Following {What} was interrupted at revision {Revision}; trying again in {Delay}.")]
    public static partial void FollowerInterrupted(ILogger log, string what, long revision, TimeSpan delay, Exception error);

    [LoggerMessage(2001, LogLevel.Warning, "Following {What}: revision {Revision} is no longer kept; reading all of it again.")]
    public static partial void FollowerRelists(ILogger log, string what, long revision);

    [LoggerMessage(2002, LogLevel.Warning, "Controller {Controller} failed on {Object} (attempt {Attempt}); trying again in {Delay}.")]
    public static partial void ReconcileFailed(ILogger log, string controller, string @object, int attempt, TimeSpan delay, Exception error);

    [LoggerMessage(2003, LogLevel.Information, "Controller {Controller} acts in this process.")]
    public static partial void ControllerLeads(ILogger log, string controller);

    [LoggerMessage(2004, LogLevel.Warning, "Controller {Controller} no longer acts in this process: {Reason}.")]
    public static partial void ControllerStepsDown(ILogger log, string controller, string reason);

    [LoggerMessage(2005, LogLevel.Error, "The stored {Kind} '{Name}' at revision {Revision} cannot be read and is left out of the snapshot.")]
    public static partial void UnreadableObject(ILogger log, string kind, string name, long revision, Exception error);
}
