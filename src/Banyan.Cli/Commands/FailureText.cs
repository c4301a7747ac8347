using Banyan.Cli.Output;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary>The one place where an error becomes text and an exit code.</summary>
internal static class FailureText
{
    public static int Write(BanyanException failure, CliIo io)
    {
        io.Error.Write($"error: {failure.Message} [{failure.Error.Code}]\n");
        foreach (var fault in failure.Faults)
        {
            io.Error.Write($"  {(fault.Pointer.Length == 0 ? "document" : fault.Pointer)}: {fault.Message} [{fault.Code}]\n");
        }

        if (failure.Error.Kind == ErrorKind.Unauthenticated)
        {
            io.Error.Write("  Name a credential with --token-file FILE or BANYAN_TOKEN_FILE; the administrator's is admin.token in the data directory.\n");
        }

        return CodeOf(failure);
    }

    public static int CodeOf(BanyanException failure) => failure.Error.Code switch
    {
        "cli/bad-argument" => ExitCodes.Usage,
        "host/port-unusable" => ExitCodes.PortInUse,
        "host/data-directory" => ExitCodes.DataDirectoryUnusable,
        _ => ExitCodes.For(failure.Error.Kind),
    };
}
