using Microsoft.Extensions.Logging;

namespace Banyan.Console;

/// <summary>The console's log events, 9000 to 9999.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(9001, LogLevel.Warning, "The console cannot follow {Source}: {Reason} It shows what it last knew and tries again.")]
    public static partial void SourceAway(this ILogger log, string source, string reason);

    [LoggerMessage(9002, LogLevel.Information, "Credential {Actor} signed in to the console from {Address}.")]
    public static partial void SignedIn(this ILogger log, string actor, string address);

    [LoggerMessage(9003, LogLevel.Warning, "A sign-in to the console from {Address} was refused: {Reason}")]
    public static partial void SignInRefused(this ILogger log, string address, string reason);

    [LoggerMessage(9004, LogLevel.Information, "Credential {Actor} drains instance {Domain}/{Service}/{Instance} from the console.")]
    public static partial void Drains(this ILogger log, string actor, string domain, string service, string instance);
}
