using System.CommandLine;
using System.Runtime.InteropServices;
using Banyan.Cli.Commands;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Contracts;

namespace Banyan.Cli;

/// <summary>The command line.</summary>
public static class CliProgram
{
    /// <summary>Parses and runs one command line; returns the exit code.</summary>
    public static Task<int> RunAsync(string[] args, ICliPlatform platform) => RunAsync(args, platform, CliIo.OfProcess(), signals: true);

    internal static async Task<int> RunAsync(string[] args, ICliPlatform platform, CliIo io, bool signals = false)
    {
        var root = RootCommands.Build(platform, io);
        var parsed = root.Parse(args);
        if (UsageErrors.Any(parsed))
        {
            return UsageErrors.Write(parsed, io);
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = signals ? OnSignal(PosixSignal.SIGINT, stop) : null;
        using var terminate = signals ? OnSignal(PosixSignal.SIGTERM, stop) : null;
        using var hangUp = signals ? OnSignal(PosixSignal.SIGHUP, stop) : null;
        try
        {
            // Signals are ours: the library would end the process two seconds after Ctrl-C, in the middle of a drain.
            var configuration = new InvocationConfiguration { Output = io.Out, Error = io.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, stop.Token).ConfigureAwait(false);
        }
        catch (BanyanException failure)
        {
            return FailureText.Write(failure, io);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            io.Error.Write($"error: {broken.Message}\n");
            return ExitCodes.Failure;
        }
        catch (Exception defect)
        {
            // The edge of the process: a crash would give the runtime's exit code and a core dump for what is a report to write.
            io.Error.Write($"error: This is a defect of banyan, not of what you did; please report it with the command line and these lines.\n{defect}\n");
            return ExitCodes.Failure;
        }
    }

    // The first signal asks the command to end in order; the second ends the process as if nobody had handled it.
    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });
}
