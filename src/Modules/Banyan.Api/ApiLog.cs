using Microsoft.Extensions.Logging;

namespace Banyan.Api;

/// <summary>Log events of the module: 3000 to 3099.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(3000, LogLevel.Information, "The domain '{Domain}' was created; this store had none.")]
    public static partial void DefaultDomainCreated(ILogger log, string domain);
}
