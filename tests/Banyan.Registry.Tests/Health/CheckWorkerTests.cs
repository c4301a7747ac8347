using Banyan.Contracts.Registry.V1;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Tests.Health;

public class CheckWorkerTests
{
    [Fact]
    public async Task Instance_leaves_when_its_check_fails_and_returns_when_it_passes_again()
    {
        await using var host = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var service = await TinyService.StartAsync();
        var check = Every(TimeSpan.FromSeconds(2), new HealthCheck { Http = new HttpProbe(), Fall = 2, Rise = 1 });
        await host.Registrar.RegisterAsync(RegistryHost.Request("a", port: service.Port, check: check, ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
        Assert.Equal("http GET /healthz answered 200", (await host.WaitForAsync("a", InstanceState.Up)).Reason);

        service.Status = 503;
        Assert.Equal("http GET /healthz answered 503 (2 of 2)", (await host.WaitForAsync("a", InstanceState.Down)).Reason);
        service.Status = 200;

        await host.WaitForAsync("a", InstanceState.Up);
    }

    [Fact]
    public async Task Instance_that_cannot_be_reached_is_down_with_the_reason()
    {
        await using var host = await RegistryHost.StartAsync(RegistryHost.NewStore());
        var check = Every(TimeSpan.FromSeconds(2), new HealthCheck { Tcp = new TcpProbe(), Fall = 2 });

        var answer = await host.Registrar.RegisterAsync(RegistryHost.Request("a", port: FreePort.Next(), check: check), CancellationToken.None);

        Assert.Equal(InstanceState.Starting, answer.Instance.State);
        Assert.Equal("tcp connect: connection refused (2 of 2)", (await host.WaitForAsync("a", InstanceState.Down)).Reason);
    }

    [Fact]
    public async Task Removed_instance_is_not_checked_any_more()
    {
        await using var host = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var service = await TinyService.StartAsync();
        await using var witness = await TinyService.StartAsync();
        var check = new HealthCheck { Http = new HttpProbe(), Interval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)) };
        await host.Registrar.RegisterAsync(RegistryHost.Request("a", port: service.Port, check: check), CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("w", port: witness.Port, check: check), CancellationToken.None);
        await host.WaitForAsync("a", InstanceState.Up);

        await host.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        await Eventually.True(() => witness.Checks >= 3, "checks go on");
        var checks = service.Checks;
        var more = witness.Checks + 10;
        await Eventually.True(() => witness.Checks >= more, "checks go on");

        // One may have been under way when it was removed.
        Assert.InRange(service.Checks, checks, checks + 1);
    }

    // A check that takes its whole interval counts as failed for another reason: the interval gives a busy machine time.
    private static HealthCheck Every(TimeSpan interval, HealthCheck check)
    {
        check.Interval = Duration.FromTimeSpan(interval);
        check.Timeout = Duration.FromTimeSpan(interval * 0.95);
        return check;
    }
}
