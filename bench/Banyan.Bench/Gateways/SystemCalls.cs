using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Banyan.Bench.Gateways;

/// <summary>Counts a process's system calls with strace, which slows the process: only the count is of use.</summary>
internal sealed partial class SystemCalls : IAsyncDisposable
{
    private readonly Process _strace;
    private readonly string _file;

    private SystemCalls(Process strace, string file)
    {
        _strace = strace;
        _file = file;
    }

    /// <summary>Begins to count; returns when strace holds the process.</summary>
    public static async Task<SystemCalls> WatchAsync(string strace, int process, string directory, CancellationToken cancellation)
    {
        var file = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"calls-{process}"));
        var processes = ProcessUsage.WithChildren(process).SelectMany(id => new[] { "-p", id.ToString(CultureInfo.InvariantCulture) });
        var start = new ProcessStartInfo(strace, ["-c", "-f", "-o", file, .. processes]) { RedirectStandardError = true };
        var started = Process.Start(start)!;

        // It tells each process it attaches to, on its error stream.
        await started.StandardError.ReadLineAsync(cancellation);
        return new SystemCalls(started, file);
    }

    /// <summary>Ends the count and returns it.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        // strace writes its summary when it is interrupted.
        using var interrupt = Process.Start("kill", ["-INT", _strace.Id.ToString(CultureInfo.InvariantCulture)]);
        await _strace.WaitForExitAsync(cancellation);
        var total = Total().Match(await File.ReadAllTextAsync(_file, cancellation));
        return total.Success ? long.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            _strace.Kill();
            await _strace.WaitForExitAsync();
        }

        _strace.Dispose();
    }

    [GeneratedRegex(@"^100\.00\s+\S+\s+\S+\s+(\d+).*total$", RegexOptions.Multiline)]
    private static partial Regex Total();
}
