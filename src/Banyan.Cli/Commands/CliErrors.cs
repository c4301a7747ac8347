using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary>Errors the command line itself finds.</summary>
internal static class CliErrors
{
    public static readonly ErrorCode UnknownKind = new("cli/unknown-kind", ErrorKind.NotFound, "There is no such kind.");
    public static readonly ErrorCode BadDocument = new("cli/bad-document", ErrorKind.Invalid, "A document is wrong.");
    public static readonly ErrorCode BadArgument = new("cli/bad-argument", ErrorKind.Invalid, "An argument is wrong.");
    public static readonly ErrorCode NoFile = new("cli/no-file", ErrorKind.NotFound, "There is no such file.");
    public static readonly ErrorCode TimedOut = new("cli/timed-out", ErrorKind.Timeout, "The condition did not come true in time.");
}
