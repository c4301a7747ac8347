using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Storage;
using Banyan.Store;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests.Storage;

public class RestartTests
{
    [Fact]
    public async Task Restarted_registry_shows_what_it_showed_before_and_loses_no_registration()
    {
        await using var store = RegistryHost.NewStore();
        await using var service = await TinyService.StartAsync();
        await using (var first = await RegistryHost.StartAsync(store))
        {
            await first.Registrar.RegisterAsync(RegistryHost.Request("leased", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
            await first.Registrar.RegisterAsync(RegistryHost.Request("checked", port: service.Port, check: RegistryHost.CheckedOnce()), CancellationToken.None);
            await first.Registrar.RegisterAsync(RegistryHost.Request("dead", port: FreePort.Next(), check: RegistryHost.CheckedOnce()), CancellationToken.None);
            await first.Registrar.RegisterAsync(RegistryHost.Request("leaves", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
            await first.Registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("leaves"), Reason = "rollout" }, CancellationToken.None);
            await first.Registrar.RegisterAsync(RegistryHost.Request("gone", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
            await first.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("gone") }, CancellationToken.None);
            await first.WaitForAsync("checked", InstanceState.Up);
            await first.WaitForAsync("dead", InstanceState.Down);
            await WaitForStoredAsync(store, "checked", InstanceState.Up);
            await WaitForStoredAsync(store, "dead", InstanceState.Down);
        }

        // A prober that never answers: what is shown can only come from before.
        await using var second = await RegistryHost.StartAsync(store, replace: s => s.AddSingleton<IProber>(new SilentProber()));
        var found = await second.Directory.LookupAsync(new LookupRequest { Domain = "default", Service = "pets" }, CancellationToken.None);

        Assert.Equal(
            ["checked Up up before the registry restarted", "dead Down down before the registry restarted", "leased Up up before the registry restarted", "leaves Draining rollout"],
            found.Instances.Select(i => $"{i.Id} {i.State} {i.Reason}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Instance_that_died_while_the_registry_was_away_is_found_out()
    {
        await using var store = RegistryHost.NewStore();

        // A port that nobody else is given once the service is gone.
        var service = await TinyService.StartAsync(port: FreePort.Next());
        await using (var first = await RegistryHost.StartAsync(store))
        {
            await first.Registrar.RegisterAsync(RegistryHost.Request("a", port: service.Port, check: RegistryHost.CheckedOnce()), CancellationToken.None);
            await first.Registrar.RegisterAsync(RegistryHost.Request("b", ttl: TimeSpan.FromSeconds(1)), CancellationToken.None);
            await first.WaitForAsync("a", InstanceState.Up);
            await WaitForStoredAsync(store, "a", InstanceState.Up);
        }

        await service.DisposeAsync();
        await using var second = await RegistryHost.StartAsync(store);

        var down = await second.WaitForAsync("a", InstanceState.Down);
        Assert.Equal("http GET /healthz: connection refused (1 of 1)", down.Reason);
        await second.WaitForAsync("b", InstanceState.Lost);
    }

    [Fact]
    public async Task Heartbeat_after_the_restart_is_known_without_registering_again()
    {
        await using var store = RegistryHost.NewStore();
        await using (var first = await RegistryHost.StartAsync(store))
        {
            await first.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
        }

        await using var second = await RegistryHost.StartAsync(store);
        var answer = await second.Registrar.HeartbeatAsync(new HeartbeatRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);

        Assert.Equal(InstanceState.Up, answer.State);
    }

    [Fact]
    public async Task Same_registration_twice_writes_once()
    {
        await using var store = RegistryHost.NewStore();
        await using var host = await RegistryHost.StartAsync(store);
        await host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);
        var before = await RevisionOfAsync(store, "a");

        await host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromMinutes(5)), CancellationToken.None);

        Assert.Equal(before, await RevisionOfAsync(store, "a"));
    }

    [Fact]
    public async Task Lost_instance_leaves_the_store_after_the_grace()
    {
        await using var store = RegistryHost.NewStore();
        await using var host = await RegistryHost.StartAsync(store, new Dictionary<string, string> { ["registry.lostGrace"] = "1s" });
        await host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromSeconds(1)), CancellationToken.None);

        await Eventually.True(async () => await RevisionOfAsync(store, "a") == 0, "the registration is gone from the store");

        await Eventually.True(async () => await host.FindAsync("a") is null, "the instance is gone from the list");
    }

    [Fact]
    public async Task Second_registry_on_the_same_store_serves_reads_and_believes_no_silence_of_others()
    {
        await using var store = RegistryHost.NewStore();
        await using var owner = await RegistryHost.StartAsync(store, new Dictionary<string, string> { ["registry.node"] = "one" });
        await using var other = await RegistryHost.StartAsync(store, new Dictionary<string, string> { ["registry.node"] = "two" });

        // Long enough for the other to hear of it before it is lost.
        await owner.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromSeconds(4)), CancellationToken.None);
        Assert.Equal("as node 'one' last wrote", (await other.WaitForAsync("a", InstanceState.Up)).Reason);

        await owner.WaitForAsync("a", InstanceState.Lost);
        Assert.Equal(InstanceState.Up, (await other.FindAsync("a"))!.State);

        await other.Registrar.HeartbeatAsync(new HeartbeatRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        await other.WaitForAsync("a", InstanceState.Lost);
    }

    private static Task WaitForStoredAsync(IStore store, string id, InstanceState state) => Eventually.True(
        async () =>
        {
            var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(RegistrationStore.KeyOf(TableBench.Name(id)))), CancellationToken.None);
            return found.Entries.Count == 1 && StoredRegistration.Parser.ParseFrom(found.Entries[0].Value.Span).LastState == state;
        },
        $"the store knows that {id} is {state}");

    private static async Task<long> RevisionOfAsync(IStore store, string id)
    {
        var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(RegistrationStore.KeyOf(TableBench.Name(id)))), CancellationToken.None);
        return found.Entries.Count == 0 ? 0 : found.Entries[0].ModRevision;
    }

    private sealed class SilentProber : IProber
    {
        public async Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return default;
        }
    }
}
