using System.Net;
using System.Net.Sockets;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.BadInput;

/// <summary>What cannot start says why, what to do, and ends with its own code.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("host.http")]
    [InlineData("host.grpc")]
    [InlineData("gateway.http")]
    public async Task Port_in_use_names_port_and_setting(string setting)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var server = BanyanServer.Launch(_directory["data"], null, $"{setting}=127.0.0.1:{port}");

        Assert.Equal(ExitCodes.PortInUse, await server.WaitForExitAsync());
        Assert.Contains($"Port {port} is taken", server.Output, StringComparison.Ordinal);
        Assert.Contains($"--set {setting}=HOST:PORT", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_are_all_named_with_what_was_meant()
    {
        await using var server = BanyanServer.Launch(_directory["data"], null, "host.htp=127.0.0.1:0", "gateway.connectTimeout=soon");

        Assert.Equal(ExitCodes.InvalidInput, await server.WaitForExitAsync());
        Assert.Contains("host.htp (command line): unknown setting; did you mean 'host.http'?", server.Output, StringComparison.Ordinal);
        Assert.Contains("gateway.connectTimeout (command line): the value must be a duration", server.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["data"]));
    }

    [Fact]
    public async Task Unknown_target_says_which_was_meant()
    {
        await using var server = BanyanServer.Launch(_directory["data"], "store,gatway");

        Assert.Equal(ExitCodes.Usage, await server.WaitForExitAsync());
        Assert.Contains("There is no module 'gatway'; did you mean 'gateway'?", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_directory_that_cannot_be_written_is_named()
    {
        await File.WriteAllTextAsync(_directory["file"], string.Empty);
        await using var server = BanyanServer.Launch(Path.Combine(_directory["file"], "data"));

        Assert.Equal(ExitCodes.DataDirectoryUnusable, await server.WaitForExitAsync());
        Assert.Contains($"The data directory '{_directory["file"]}/data' cannot be written", server.Output, StringComparison.Ordinal);
        Assert.Contains("--data DIRECTORY", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_banyan_yaml_names_line_and_column_and_starts_nothing()
    {
        Directory.CreateDirectory(_directory["app/a"]);
        Directory.CreateDirectory(_directory["app/b"]);
        await File.WriteAllTextAsync(_directory["app/a/banyan.yaml"], "service: a\nlisten: 80\nrouts:\n  - path: /\n");
        await File.WriteAllTextAsync(_directory["app/b/banyan.yaml"], "service: b\nlisten: { check: { http: /up\n");

        var up = await BanyanBinary.RunAsync("up", _directory["app"], "--data", _directory["data"], "--port-api", "0", "--port-grpc", "0", "--port-gateway", "0");

        up.Must(ExitCodes.InvalidInput, "a/banyan.yaml:2:9:", "a/banyan.yaml:3:1: Unknown field 'routs'. Did you mean 'routes'?", "b/banyan.yaml:", "Not valid YAML", "Nothing was started.");
        Assert.False(Directory.Exists(_directory["data"]));
    }

    [Fact]
    public async Task Service_that_exits_at_once_is_told_with_its_last_lines_and_the_platform_goes_on()
    {
        Directory.CreateDirectory(_directory["app"]);
        await File.WriteAllTextAsync(_directory["app/banyan.yaml"], "service: brief\ndev:\n  run: sh -c 'echo out of luck; exit 3'\n");
        await using var up = TestProcess.Start(
            BanyanBinary.Path,
            ["up", _directory["app"], "--data", _directory["data"], "--port-api", "0", "--port-grpc", "0", "--port-gateway", "0"],
            BanyanBinary.Environment());

        await up.WaitForOutputAsync("brief-1 keeps ending right after its start (ended with code 3)");
        await up.WaitForOutputAsync("Run it by hand in that directory to see why");
        Assert.Contains("    out of luck", up.Output, StringComparison.Ordinal);

        Signals.Send(up.Id, Signals.Terminate);
        Assert.Equal(0, await up.WaitForExitAsync());
    }

    [Fact]
    public async Task Command_without_a_server_says_how_to_start_one() =>
        (await BanyanBinary.RunAsync("get", "services", "--server", $"http://127.0.0.1:{FreePort.Next()}"))
            .Must(ExitCodes.Unreachable, "does not answer (Connection refused)", "'banyan up' or 'banyan server'");

    [Theory]
    [InlineData("Unknown command 'gte'. Did you mean 'get'?", "gte")]
    [InlineData("Unknown option '--wach' for 'banyan get'. Did you mean '--watch'?", "get", "services", "--wach")]
    [InlineData("'--port-api' must be a port from 0 to 65535.", "up", "--port-api", "99999")]
    public async Task Wrong_command_line_says_what_was_meant(string said, params string[] arguments) =>
        (await BanyanBinary.RunAsync(arguments)).Must(ExitCodes.Usage, said, "--help' shows what it takes.");
}
