using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Commands;

public sealed class SidecarCommandTests
{
    [Fact]
    public async Task Options_become_settings_of_the_target()
    {
        var run = new CliRun();
        var exit = await run.RunAsync(
            "sidecar", "pets.shop", "--server", "http://10.0.0.1:7400", "--inbound", "10.0.0.2:8081", "--app", "127.0.0.1:5001", "--port", "9001=orders", "--port", "9002=carts",
            "--set", "sidecar.drainDelay=5s");

        Assert.Equal(ExitCodes.Success, exit);
        Assert.Equal("sidecar", run.Ran!.Target);
        Assert.Equal(
            [
                "host.grpc=127.0.0.1:0", "host.http=127.0.0.1:0", "registry.address=http://10.0.0.1:7401", "sidecar.app=127.0.0.1:5001", "sidecar.drainDelay=5s",
                "sidecar.inbound=10.0.0.2:8081", "sidecar.ports=9001=orders,9002=carts", "sidecar.server=http://10.0.0.1:7400/", "sidecar.service=pets.shop",
            ],
            Settings(run));
    }

    [Fact]
    public async Task Environment_of_a_service_is_enough()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["token"], "t");
        var run = new CliRun
        {
            Variables =
            {
                ["BANYAN_URL"] = "http://127.0.0.1:1", ["BANYAN_GRPC"] = "http://127.0.0.1:2", ["BANYAN_SERVICE"] = "pets", ["BANYAN_DOMAIN"] = "shop", ["BANYAN_TOKEN_FILE"] = directory["token"],
            },
        };
        await run.RunAsync("sidecar", "--admin", "127.0.0.1:9900");

        Assert.Equal(
            [
                "host.grpc=127.0.0.1:0", "host.http=127.0.0.1:9900", $"host.tokenFile={directory["token"]}", "registry.address=http://127.0.0.1:2", "sidecar.server=http://127.0.0.1:1/",
                "sidecar.service=pets.shop",
            ],
            Settings(run));
    }

    [Fact]
    public async Task Setting_that_is_written_out_wins()
    {
        var run = new CliRun();
        await run.RunAsync("sidecar", "pets", "--set", "registry.address=http://10.0.0.9:1", "--set", "host.http=127.0.0.1:9");

        Assert.Contains("registry.address=http://10.0.0.9:1", Settings(run));
        Assert.Contains("host.http=127.0.0.1:9", Settings(run));
    }

    private static IEnumerable<string> Settings(CliRun run) => run.Ran!.Values.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal);
}
