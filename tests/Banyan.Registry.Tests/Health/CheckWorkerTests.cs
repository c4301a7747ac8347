using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests.Health;

public class CheckWorkerTests
{
    [Fact]
    public async Task Instance_leaves_when_its_check_fails_and_returns_when_it_passes_again()
    {
        await using var host = await StartAsync();
        await using var service = await TinyService.StartAsync();
        var check = Often(new HealthCheck { Http = new HttpProbe(), Fall = 2, Rise = 1 });
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
        await using var host = await StartAsync();
        var check = Often(new HealthCheck { Tcp = new TcpProbe(), Fall = 2 });

        var answer = await host.Registrar.RegisterAsync(RegistryHost.Request("a", port: FreePort.Next(), check: check), CancellationToken.None);

        Assert.Equal(InstanceState.Starting, answer.Instance.State);
        Assert.Equal("tcp connect: connection refused (2 of 2)", (await host.WaitForAsync("a", InstanceState.Down)).Reason);
    }

    [Fact]
    public async Task Removed_instance_is_not_checked_any_more()
    {
        await using var host = await StartAsync();
        await using var service = await TinyService.StartAsync();
        await using var witness = await TinyService.StartAsync();
        var check = Often(new HealthCheck { Http = new HttpProbe() });
        await host.Registrar.RegisterAsync(RegistryHost.Request("a", port: service.Port, check: check), CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("w", port: witness.Port, check: check), CancellationToken.None);
        await host.WaitForAsync("a", InstanceState.Up);

        await host.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        await MoreAsync(3);
        var checks = service.Checks;
        await MoreAsync(10);

        // One may have been under way when it was removed.
        Assert.InRange(service.Checks, checks, checks + 1);

        Task MoreAsync(int count)
        {
            var wanted = witness.Checks + count;
            return Eventually.True(() => witness.Checks >= wanted, "checks go on");
        }
    }

    private static Task<RegistryHost> StartAsync() => RegistryHost.StartAsync(RegistryHost.NewStore(), replace: s => s.AddSingleton<IProber, PatientProber>());

    private static HealthCheck Often(HealthCheck check)
    {
        check.Interval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100));
        return check;
    }

    /// <summary>Looks as the real one does, for as long as it takes: no slow moment of the machine counts as a service that does not answer.</summary>
    private sealed class PatientProber : IProber, IDisposable
    {
        private readonly Prober _prober = new(TimeProvider.System);

        public Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation) =>
            _prober.ProbeAsync(plan with { Timeout = TimeSpan.FromMinutes(1) }, target, cancellation);

        public void Dispose() => _prober.Dispose();
    }
}
