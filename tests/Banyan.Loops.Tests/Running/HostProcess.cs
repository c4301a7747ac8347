using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

using Banyan.Testing;

namespace Banyan.Loops.Tests.Running;

/// <summary>The echo server in a process of its own.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Banyan.Loops.TestHost.dll");

    /// <summary>Starts it with at most so many open files.</summary>
    public static HostProcess Start(int files, params string[] arguments) =>
        Start("/bin/sh", ["-c", $"ulimit -n {files}; exec dotnet \"$@\"", "sh", Program, .. arguments]);

    /// <summary>Starts it with its system calls counted; the table is there once it has ended.</summary>
    public static HostProcess StartCounted(string table, params string[] arguments) =>
        Start(Needs.Require("strace"), ["-f", "-c", "-o", table, "dotnet", Program, .. arguments]);

    private static HostProcess Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>The next line it writes.</summary>
    public async Task<string> LineAsync() =>
        await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The process ended: {await _process.StandardError.ReadToEndAsync()}");

    public async Task<IPEndPoint> ListeningAsync()
    {
        var line = await LineAsync();
        return new IPEndPoint(IPAddress.Loopback, int.Parse(Port().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    public async Task<HostState> StateAsync()
    {
        await _process.StandardInput.WriteLineAsync("state");
        await _process.StandardInput.FlushAsync();
        var line = await LineAsync();
        var numbers = State().Match(line);
        Assert.True(numbers.Success, line);
        int Number(int group) => int.Parse(numbers.Groups[group].Value, CultureInfo.InvariantCulture);
        return new HostState(Number(1), Number(2), Number(3), Number(4), numbers.Groups[5].Value);
    }

    /// <summary>Ends its input, and waits for it to end.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"^listening (\d+)\.$")]
    private static partial Regex Port();

    [GeneratedRegex(@"open (\d+), turns (\d+), pauses (\d+), shed (\d+), errors ([\d ]*)\.$")]
    private static partial Regex State();
}
