using System.Net;
using System.Text.Json;
using Banyan.Contracts;
using Banyan.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

public sealed class ModuleHostTests
{
    [Fact]
    public async Task Modules_with_contracts_start_after_providers_and_stop_in_reverse()
    {
        var journal = new Journal();
        var host = await Hosts.StartAsync(
        [
            new TestModule("front") { Journal = journal, Requires = [TestModule.Contract("greeter.greet")] },
            new TestModule("zebra") { Journal = journal },
            new TestModule("greeter") { Journal = journal, Provides = [TestModule.Contract("greeter.greet")] },
        ]);

        await host.StopAsync("test");

        Assert.Equal(["start greeter", "start front", "start zebra", "stop zebra", "stop front", "stop greeter"], journal.Entries);
        Assert.All(host.Snapshot(), m => Assert.Equal(ModuleState.Terminated, m.State));
        Assert.Equal(ExitCodes.Success, await host.Completion);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Endpoint_of_a_starting_module_answers_503_and_answers_when_it_runs()
    {
        var go = new TaskCompletionSource();
        var module = new TestModule("slow")
        {
            OnStart = cancellation => go.Task.WaitAsync(cancellation),
            OnEndpoints = e => e.Http.MapGet("/slow", (RequestDelegate)(c => c.Response.WriteAsync("here"))),
        };
        var builder = Hosts.Builder([module]);
        await using var host = builder.Build();
        var starting = host.StartAsync(CancellationToken.None);
        await Eventually.True(() => host.Snapshot()[0].State == ModuleState.Starting, "the module is starting");
        using var client = Hosts.Client();

        var refused = await client.GetAsync(new Uri(host.HttpUrl, "/slow"));
        var notReady = await client.GetAsync(new Uri(host.HttpUrl, "/readyz"));
        go.SetResult();
        await starting;
        var answered = await client.GetAsync(new Uri(host.HttpUrl, "/slow"));
        var ready = await client.GetAsync(new Uri(host.HttpUrl, "/readyz"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal("module slow is Starting", problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal("host/module-not-running", problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Equal("here", await answered.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Readiness_check_that_objects_is_named_in_readyz()
    {
        var reason = "no snapshot yet";
        await using var host = await Hosts.StartAsync([new TestModule("registry") { OnServices = m => m.AddReadiness("snapshot", _ => reason) }]);
        using var client = Hosts.Client();

        var answer = await client.GetAsync(new Uri(host.HttpUrl, "/readyz"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.False(body.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal("snapshot: no snapshot yet", body.RootElement.GetProperty("modules")[0].GetProperty("notReadyBecause").GetString());
        reason = null;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(host.HttpUrl, "/readyz"))).StatusCode);
    }

    [Fact]
    public async Task Routes_of_one_port_do_not_exist_on_the_other()
    {
        var module = new TestModule("both")
        {
            OnEndpoints = e =>
            {
                e.Http.MapGet("/where", (RequestDelegate)(c => c.Response.WriteAsync("http")));
                e.Grpc.MapGet("/only-grpc", (RequestDelegate)(c => c.Response.WriteAsync("grpc")));
            },
        };
        await using var host = await Hosts.StartAsync([module]);
        using var client = Hosts.Client();
        using var overHttp2 = new HttpRequestMessage(HttpMethod.Get, new Uri(host.GrpcUrl, "/only-grpc"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Assert.Equal("http", await client.GetStringAsync(new Uri(host.HttpUrl, "/where")));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(host.HttpUrl, "/only-grpc"))).StatusCode);
        Assert.Equal("grpc", await (await client.SendAsync(overHttp2)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Start_of_a_module_that_throws_stops_the_started_ones_and_names_it()
    {
        var journal = new Journal();
        var host = Hosts.Builder(
        [
            new TestModule("alpha") { Journal = journal },
            new TestModule("beta") { Journal = journal, OnStart = _ => throw new InvalidOperationException("no disk") },
            new TestModule("gamma") { Journal = journal },
        ]).Build();

        var error = await Assert.ThrowsAsync<HostStartException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal("Module beta did not start: no disk", error.Message);
        Assert.Equal(["start alpha", "start beta", "stop alpha"], journal.Entries);
        Assert.Equal([ModuleState.Terminated, ModuleState.Failed, ModuleState.Terminated], host.Snapshot().Select(m => m.State));
        Assert.Equal(ExitCodes.ModuleFailed, await host.Completion);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Stop_that_overruns_its_deadline_is_named_and_the_others_stop_all_the_same()
    {
        var clock = new ManualClock();
        var journal = new Journal();
        var log = new Journal();
        var builder = Hosts.Builder(
            [
                new TestModule("alpha") { Journal = journal },
                new TestModule("beta") { Journal = journal, OnStop = _ => new TaskCompletionSource().Task },
            ],
            log,
            ("host.stopDeadline", "3s"));
        builder.Clock = clock;
        var host = builder.Build();
        await host.StartAsync(CancellationToken.None);

        var stopping = host.StopAsync("test");
        await Eventually.True(() => journal.Entries.Contains("stop beta"), "beta is being stopped");
        clock.Advance(TimeSpan.FromSeconds(3));
        await stopping;

        Assert.Equal(["stop beta", "stop alpha"], journal.Entries.Skip(2));
        Assert.Equal(ExitCodes.StopOverran, await host.Completion);
        Assert.Contains("Module beta did not stop within 3 s; still at work: StopAsync", log.Text, StringComparison.Ordinal);
        Assert.Equal(ModuleState.Failed, host.Snapshot().Single(m => m.Name == "beta").State);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Stop_with_a_drain_delay_is_not_ready_first_and_stops_after_it()
    {
        var clock = new ManualClock();
        var journal = new Journal();
        var builder = Hosts.Builder([new TestModule("alpha") { Journal = journal }], null, ("host.drainDelay", "5s"));
        builder.Clock = clock;
        var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        using var client = Hosts.Client();
        var timers = clock.WaitingTimers;

        var stopping = host.StopAsync("rollout");
        await Eventually.True(() => clock.WaitingTimers > timers, "the drain delay runs");
        var during = await client.GetAsync(new Uri(host.HttpUrl, "/readyz"));
        var stateDuring = host.Snapshot()[0].State;
        clock.Advance(TimeSpan.FromSeconds(5));
        await stopping;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);
        Assert.Contains("stopping: rollout", await during.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(ModuleState.Running, stateDuring);
        Assert.Equal(["start alpha", "stop alpha"], journal.Entries);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Port_in_use_names_port_and_setting_and_has_its_own_exit_code()
    {
        await using var first = await Hosts.StartAsync([new TestModule("alpha")]);
        var address = $"127.0.0.1:{first.GrpcUrl.Port}";
        await using var second = Hosts.Builder([new TestModule("alpha")], null, ("host.grpc", address)).Build();

        var error = await Assert.ThrowsAsync<HostStartException>(() => second.StartAsync(CancellationToken.None));

        Assert.Equal(ExitCodes.PortInUse, error.ExitCode);
        Assert.Contains($"Port {first.GrpcUrl.Port} is taken", error.Message, StringComparison.Ordinal);
        Assert.Contains("host.grpc", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host.http")]
    [InlineData("host.grpc")]
    public async Task Address_the_machine_does_not_have_is_named_with_its_setting(string setting)
    {
        // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
        await using var host = Hosts.Builder([new TestModule("alpha")], null, (setting, "192.0.2.1:7400")).Build();

        var error = await Assert.ThrowsAsync<HostStartException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal($"This machine has no address 192.0.2.1. Set '{setting}' to one it has, or to '*:7400' for all.", error.Message);
        Assert.Equal(ExitCodes.PortInUse, error.ExitCode);
    }

    [Fact]
    public async Task Endpoints_that_cannot_be_mapped_end_the_run_with_a_code_and_the_cause_on_the_log()
    {
        var log = new Journal();
        var host = Hosts.Builder([new TestModule("alpha") { OnEndpoints = e => e.Services.GetRequiredService<Uri>() }], log).Build();

        Assert.Equal(ExitCodes.Failure, await host.RunAsync(CancellationToken.None));

        Assert.Contains("Cannot start: No service for type 'System.Uri'", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Module_that_asks_for_the_stop_ends_the_run_in_order()
    {
        var journal = new Journal();
        var host = Hosts.Builder([new TestModule("alpha") { Journal = journal }, new TestModule("beta") { Journal = journal }]).Build();
        var run = host.RunAsync(CancellationToken.None);
        await Eventually.True(() => journal.Entries.Contains("start beta"), "beta is starting");

        host.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();

        Assert.Equal(ExitCodes.Success, await run);
        Assert.Equal(["start alpha", "start beta", "stop beta", "stop alpha"], journal.Entries);
    }

    [Fact]
    public async Task Host_whose_token_is_cancelled_while_a_module_starts_stops_what_had_started_and_exits_0()
    {
        var journal = new Journal();
        using var cancel = new CancellationTokenSource();
        var host = Hosts.Builder(
        [
            new TestModule("alpha") { Journal = journal },
            new TestModule("beta") { Journal = journal, OnStart = c => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, c) },
        ]).Build();
        var run = host.RunAsync(cancel.Token);
        await Eventually.True(() => journal.Entries.Contains("start beta"), "beta is starting");

        await cancel.CancelAsync();

        Assert.Equal(ExitCodes.Success, await run);
        Assert.Equal(["start alpha", "start beta", "stop alpha"], journal.Entries);
    }

    [Fact]
    public async Task Required_contract_of_a_module_in_the_process_is_its_implementation()
    {
        var contract = TestModule.Contract("greeter.greet");
        await using var host = await Hosts.StartAsync(
        [
            new TestModule("greeter") { Provides = [contract], OnServices = m => m.Services.AddSingleton<Journal>() },
            new TestModule("front") { Requires = [contract] },
        ]);

        Assert.NotNull(host.Services.GetService<Journal>());
    }
}
