using System.Diagnostics;
using System.Net;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Tests;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Banyan.Chassis.Tests;

public class ChassisTests
{
    [Fact]
    public async Task Service_registers_with_the_address_it_listens_on_and_is_up()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1", configure: o => o.Zone = "z1");

        var instance = await platform.WaitForAsync("pets-1", InstanceState.Up);

        Assert.Equal($"127.0.0.1 {pets.Url.Port} http z1 True", $"{instance.Host} {instance.Port} {instance.Scheme} {instance.Zone} {instance.Leased}");
        Assert.Equal("http GET /readyz answered 200", instance.Reason);
    }

    [Fact]
    public async Task Calls_by_name_take_turns_over_the_instances()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var one = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await using var two = await ChassisService.StartAsync(platform, "pets", "pets-2");
        await using var three = await ChassisService.StartAsync(platform, "pets", "pets-3");
        await using var walks = await ChassisService.StartAsync(platform, "walks", "walks-1");
        foreach (var id in new[] { "pets-1", "pets-2", "pets-3" })
        {
            await platform.WaitForAsync(id, InstanceState.Up);
        }

        await Eventually.True(async () => await WhoAsync(walks, 3) == "pets-1 pets-2 pets-3", "all three are known to the caller");
        Assert.Equal("pets-1 pets-1 pets-2 pets-2 pets-3 pets-3", await WhoAsync(walks, 6));
    }

    [Fact]
    public async Task Call_carries_the_service_name_as_host_and_the_trace()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await using var walks = await ChassisService.StartAsync(platform, "walks", "walks-1");
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        var headers = await CallAsync(walks, "http://pets/headers");

        Assert.StartsWith($"pets 00-{activity.TraceId}-", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instance_that_refuses_connections_costs_no_call()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await using var walks = await ChassisService.StartAsync(platform, "walks", "walks-1");

        // Up by its lease, though nobody listens there: what a caller sees in the seconds before anybody notices.
        await platform.Registrar.RegisterAsync(RegistryHost.Request("pets-0", port: FreePort.Next(), ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        await platform.WaitForAsync("pets-0", InstanceState.Up);
        await Eventually.True(async () => await CallAsync(walks, "http://pets/who") == "pets-1", "the caller knows the living instance");

        for (var i = 0; i < 20; i++)
        {
            using var answer = await walks.Client.PostAsync("http://pets/echo", new StringContent($"message {i}"));
            Assert.Equal($"pets-1 message {i}", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Service_without_a_healthy_instance_gives_a_clear_error()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var walks = await ChassisService.StartAsync(platform, "walks", "walks-1");
        await platform.Registrar.RegisterAsync(RegistryHost.Request("pets-0", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
        await platform.Registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("pets-0") }, CancellationToken.None);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(walks, "http://pets/who"));

        Assert.Equal("No instance of service 'pets' in domain 'default' is up (1 draining). 'banyan get instances' says why.", error.Message);
    }

    [Fact]
    public async Task Leaving_service_drains_finishes_its_requests_and_deregisters()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        var clock = new ManualClock();
        await using var pets = await ChassisService.StartAsync(
            platform.GrpcUrl, platform.Token, "pets", "pets-1", configure: o => (o.DrainDelay, o.Ttl) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), build: b => b.Services.AddSingleton<TimeProvider>(clock));
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = pets.Url };
        var slow = http.GetStringAsync("/slow");
        await pets.SlowBegan.Task;

        var stopping = pets.StopAsync();
        Assert.Equal("the instance stops", (await platform.WaitForAsync("pets-1", InstanceState.Draining)).Reason);

        // Whoever has not heard of it yet is still answered.
        Assert.Equal("pets-1", await http.GetStringAsync("/who"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz")).StatusCode);
        Assert.False(stopping.IsCompleted);
        pets.Slow.SetResult();
        Assert.Equal("pets-1", await slow);
        await Eventually.True(
            () =>
            {
                if (pets.Stopping.IsCancellationRequested)
                {
                    return true;
                }

                // The delay may begin only now; but once it is over, the goodbye has its own time.
                clock.Advance(TimeSpan.FromSeconds(1));
                return false;
            },
            "the service to stop after its delay");
        await stopping;

        Assert.Null(await platform.FindAsync("pets-1"));
    }

    [Fact]
    public async Task Forgotten_instance_registers_again()
    {
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await platform.WaitForAsync("pets-1", InstanceState.Up);

        await platform.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("pets-1") }, CancellationToken.None);

        await platform.WaitForAsync("pets-1", InstanceState.Up);
    }

    [Fact]
    public async Task Unhealthy_program_is_not_ready_and_receives_nothing()
    {
        var healthy = true;
        await using var platform = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await using var pets = await ChassisService.StartAsync(
            platform.GrpcUrl, platform.Token, "pets", "pets-1",
            build: b => b.Services.AddHealthChecks().AddCheck("disk", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()));
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = pets.Url };

        healthy = false;
        using var answer = await http.GetAsync("/readyz");

        Assert.Equal("503 unhealthy: disk", $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    [Fact]
    public async Task Outside_banyan_only_the_health_endpoints_remain()
    {
        await using var alone = await ChassisService.StartAsync((Uri?)null, null, "pets", "pets-1");
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = alone.Url };

        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
        Assert.Equal("ok", await http.GetStringAsync("/readyz"));
        Assert.Equal("pets-1", await alone.Client.GetStringAsync(new Uri(alone.Url, "/who")));
        Assert.Null(alone.Services.GetService<PlatformLink>());
    }

    private static Task<string> CallAsync(ChassisService from, string url) => from.Client.GetStringAsync(url);

    private static async Task<string> WhoAsync(ChassisService from, int calls)
    {
        var answers = new List<string>();
        for (var i = 0; i < calls; i++)
        {
            answers.Add(await CallAsync(from, "http://pets/who"));
        }

        return string.Join(' ', answers.Order(StringComparer.Ordinal));
    }
}
