using Banyan.Contracts.Registry;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Sidecars;

public sealed class SidecarRegistrationTests
{
    [Fact]
    public async Task Inbound_address_is_registered_drained_and_taken_out_in_order()
    {
        await using var app = Serving();
        var sidecar = await StartAsync(app.Port, ("sidecar.instance", "pets-7"), ("sidecar.check", "/healthz"));
        var port = sidecar.UrlOf("inbound").Port;
        await Eventually.True(() => !sidecar.Registry.Calls.IsEmpty, "the instance to be registered");

        // While callers hear of the end, requests are still answered.
        var during = string.Empty;
        sidecar.Registry.OnDrain = async () => during = await sidecar.AskAsync("inbound", "/", "a");
        await sidecar.DisposeAsync();

        Assert.EndsWith("\r\n\r\nok", during);
        Assert.Equal(
            [$"register default/pets/pets-7 http://127.0.0.1:{port} check /healthz", "drain default/pets/pets-7", "deregister default/pets/pets-7"],
            sidecar.Registry.Calls);
    }

    [Fact]
    public async Task Request_that_runs_when_the_sidecar_stops_gets_its_answer()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            asked.SetResult();
            await go.Task;
            await connection.SendAsync("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok");
        });
        var sidecar = await StartAsync(app.Port);
        await using var client = await sidecar.ConnectAsync("inbound");
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await asked.Task;
        await Eventually.True(() => !sidecar.Registry.Calls.IsEmpty, "the instance to be registered");
        var stopping = sidecar.DisposeAsync().AsTask();
        await Eventually.True(() => sidecar.Registry.Calls.Count == 2, "the registry to be told");

        Assert.StartsWith("drain ", sidecar.Registry.Calls.Last(), StringComparison.Ordinal);
        go.SetResult();
        Assert.EndsWith("\r\n\r\nok", await client.ReadToEndAsync());
        await stopping;
        Assert.StartsWith("deregister ", sidecar.Registry.Calls.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registration_without_an_answer_yet_is_taken_back_too()
    {
        var registry = new GivenRegistry { OnRegister = () => new TaskCompletionSource().Task };
        var sidecar = await RunningSidecar.StartAsync(registry, ("sidecar.inbound", "127.0.0.1:0"), ("sidecar.instance", "pets-1"));
        await Eventually.True(() => registry.Calls.Count == 1, "the registry to be asked");
        await sidecar.DisposeAsync();

        Assert.Equal(["drain default/pets/pets-1", "deregister default/pets/pets-1"], registry.Calls.Skip(1));
    }

    [Fact]
    public async Task Instance_is_named_by_machine_and_port_so_that_a_restart_is_the_same()
    {
        await using var app = Serving();
        await using var sidecar = await StartAsync(app.Port);
        await Eventually.True(() => !sidecar.Registry.Calls.IsEmpty, "the instance to be registered");

        var port = sidecar.UrlOf("inbound").Port;
        Assert.Equal([$"register default/pets/{MachineNames.Own}-{port} http://127.0.0.1:{port} check none"], sidecar.Registry.Calls);
    }

    [Fact]
    public async Task Advertised_address_is_what_callers_get()
    {
        await using var app = Serving();
        await using var sidecar = await StartAsync(app.Port, ("sidecar.inbound", "*:0"), ("sidecar.advertise", "192.0.2.7:8081"), ("sidecar.instance", "pets-1"));
        await Eventually.True(() => !sidecar.Registry.Calls.IsEmpty, "the instance to be registered");

        Assert.Equal(["register default/pets/pets-1 http://192.0.2.7:8081 check none"], sidecar.Registry.Calls);
    }

    [Fact]
    public async Task Sidecar_that_is_told_not_to_registers_nothing()
    {
        await using var app = Serving();
        var sidecar = await StartAsync(app.Port, ("sidecar.register", "false"));
        Assert.EndsWith("\r\n\r\nok", await sidecar.AskAsync("inbound", "/", "a"));
        await sidecar.DisposeAsync();

        Assert.Empty(sidecar.Registry.Calls);
    }

    [Fact]
    public async Task Registry_that_is_away_is_tried_until_it_answers_and_requests_are_served_meanwhile()
    {
        await using var app = Serving();
        var registry = new GivenRegistry { Away = true };
        await using var sidecar = await RunningSidecar.StartAsync(registry, ("sidecar.inbound", "127.0.0.1:0"), ("sidecar.app", $"127.0.0.1:{app.Port}"), ("sidecar.instance", "pets-1"));
        Assert.EndsWith("\r\n\r\nok", await sidecar.AskAsync("inbound", "/", "a"));
        Assert.Empty(registry.Calls);

        registry.Away = false;
        await Eventually.True(() => registry.Calls.Count == 1, "the instance to be registered");
    }

    private static Task<RunningSidecar> StartAsync(int app, params (string, string)[] settings) =>
        RunningSidecar.StartAsync([], [("sidecar.inbound", "127.0.0.1:0"), ("sidecar.app", $"127.0.0.1:{app}"), .. settings]);

    private static ScriptedUpstream Serving() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok");
        }
    });
}
