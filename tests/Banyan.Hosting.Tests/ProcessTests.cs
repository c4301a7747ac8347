using System.Runtime.InteropServices;
using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Hosting.Tests;

/// <summary>Signals and exit codes, with a real process.</summary>
public sealed partial class ProcessTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly string[] FreePorts = ["host.http=127.0.0.1:0", "host.grpc=127.0.0.1:0"];

    [Theory]
    [InlineData(Terminate, "SIGTERM")]
    [InlineData(Interrupt, "SIGINT")]
    public async Task Signal_stops_in_order_and_exits_0(int signal, string name)
    {
        await using var process = Start();
        await process.WaitForOutputAsync("Running; HTTP on");

        Assert.Equal(0, Kill(process.Id, signal));

        Assert.Equal(ExitCodes.Success, await process.WaitForExitAsync());
        Assert.Contains($"Stopping ({name}): quiet, misbehaving", process.Output, StringComparison.Ordinal);
        Assert.Contains("quiet has stopped", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Module_that_does_not_start_ends_the_process_with_its_code()
    {
        await using var process = Start("misbehaving.how=start");

        Assert.Equal(ExitCodes.ModuleFailed, await process.WaitForExitAsync());
        Assert.Contains("Module misbehaving failed: refused to start", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_that_gives_up_ends_the_process_with_its_code_after_the_others_stopped()
    {
        await using var process = Start("misbehaving.how=worker");

        Assert.Equal(ExitCodes.ModuleFailed, await process.WaitForExitAsync());
        Assert.Contains("worker 'failing' failed after 0 restarts: InvalidOperationException: lost its way", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_interrupt_ends_the_process_at_once()
    {
        await using var process = Start("misbehaving.how=stop", "host.stopDeadline=1h");
        await process.WaitForOutputAsync("Running; HTTP on");
        Assert.Equal(0, Kill(process.Id, Interrupt));
        await process.WaitForOutputAsync("misbehaving will not stop");

        Assert.Equal(0, Kill(process.Id, Interrupt));

        Assert.Equal(ExitCodes.Interrupted, await process.WaitForExitAsync());
        Assert.Contains("not stopped in order: misbehaving", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_that_is_unknown_ends_the_process_with_its_code()
    {
        await using var process = Start("misbehaving.hwo=start");

        Assert.Equal(ExitCodes.InvalidInput, await process.WaitForExitAsync());
        Assert.Contains("did you mean 'misbehaving.how'?", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_in_use_ends_the_process_with_its_code()
    {
        await using var taken = await Hosts.StartAsync([new TestModule("alpha")]);
        await using var process = Start($"host.http=127.0.0.1:{taken.HttpUrl.Port}");

        Assert.Equal(ExitCodes.PortInUse, await process.WaitForExitAsync());
        Assert.Contains($"Cannot start: Port {taken.HttpUrl.Port} is taken", process.Output, StringComparison.Ordinal);
        Assert.Contains("host.http", process.Output, StringComparison.Ordinal);
    }

    private static TestProcess Start(params string[] settings) => TestProcess.Start(
        Environment.ProcessPath is { } dotnet && Path.GetFileNameWithoutExtension(dotnet) == "dotnet" ? dotnet : "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Banyan.Hosting.TestHost.dll"), .. Ports(settings), .. settings]);

    private static IEnumerable<string> Ports(string[] settings) =>
        FreePorts.Where(p => !settings.Any(s => s.StartsWith(p[..9], StringComparison.Ordinal)));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
