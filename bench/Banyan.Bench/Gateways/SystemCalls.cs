using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>
/// Counts the system calls of a process while load runs: with perf, where the kernel counts and nothing is slowed, or else with strace, which slows the process
/// to a fraction, so that what it does by time weighs more in each request.
/// </summary>
internal sealed partial class SystemCalls
{
    private const string AllCalls = "raw_syscalls:sys_enter";

    private readonly string _program;
    private readonly string _file;
    private readonly bool _byKernel;

    private SystemCalls(string program, bool byKernel, string directory)
    {
        _program = program;
        _byKernel = byKernel;
        _file = Path.Combine(directory, "system-calls");
    }

    /// <summary>The program that counts, for the report.</summary>
    public string Program => Path.GetFileName(_program);

    /// <summary>The best way there is here; null without any.</summary>
    /// <param name="directory">Where the count is written.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SystemCalls?> FindAsync(string directory, CancellationToken cancellation)
    {
        if (PeerProcess.Find("perf") is { } perf && await RunAsync(perf, ["stat", "-e", AllCalls, "true"], cancellation) == 0)
        {
            return new SystemCalls(perf, byKernel: true, directory);
        }

        return PeerProcess.Find("strace") is { } strace ? new SystemCalls(strace, byKernel: false, directory) : null;
    }

    /// <summary>The calls of a process and its children for each request.</summary>
    /// <param name="process">The process.</param>
    /// <param name="load">Runs load, its program behind these words.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<double> EachAsync(int process, Func<IReadOnlyList<string>, Task<LoadOutcome>> load, CancellationToken cancellation)
    {
        var ids = ProcessUsage.WithChildren(process).Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
        var outcome = _byKernel
            ? await load([_program, "stat", "-x", ",", "-e", AllCalls, "-o", _file, "-p", string.Join(',', ids), "--"])
            : await TracedAsync(ids, load, cancellation);
        var count = (_byKernel ? Counted() : Total()).Match(await File.ReadAllTextAsync(_file, cancellation));
        return count.Success
            ? double.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture) / outcome.Requests
            : throw new PeerFailedException($"{Program} has not counted the system calls of process {process}.");
    }

    private async Task<LoadOutcome> TracedAsync(string[] ids, Func<IReadOnlyList<string>, Task<LoadOutcome>> load, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(_program, ["-c", "-f", "-o", _file, .. ids.SelectMany(id => new[] { "-p", id })]) { RedirectStandardError = true };
        using var strace = Process.Start(start)!;
        try
        {
            // It tells each process it attaches to, on its error stream.
            await strace.StandardError.ReadLineAsync(cancellation);
            return await load([]);
        }
        finally
        {
            // It writes its summary when it is interrupted.
            using var interrupt = Process.Start("kill", ["-INT", strace.Id.ToString(CultureInfo.InvariantCulture)]);
            await strace.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<int> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    [GeneratedRegex(@"^(\d+),,raw_syscalls", RegexOptions.Multiline)]
    private static partial Regex Counted();

    [GeneratedRegex(@"^100\.00\s+\S+\s+\S+\s+(\d+).*total$", RegexOptions.Multiline)]
    private static partial Regex Total();
}
