using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Storage;
using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests.Storage;

/// <summary>Restarts over the store that installations really have: the embedded one, in a directory.</summary>
public sealed class EmbeddedRestartTests : IDisposable
{
    private static readonly string[] Before =
        ["checked Up", "dead Down", "leased Up", "leaves Draining"];

    private readonly TempDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Registrations_and_states_survive_an_orderly_restart_and_callers_never_see_an_empty_list()
    {
        await using var service = await TinyService.StartAsync();
        await using (var store = await OpenAsync("store"))
        await using (var first = await RegistryHost.StartAsync(store))
        {
            await FillAsync(first, store, service.Port);
        }

        await AssertSameAsync("store");
    }

    [Fact]
    public async Task Registrations_and_states_survive_a_process_that_was_killed()
    {
        await using var service = await TinyService.StartAsync();
        await using var store = await OpenAsync("store");
        await using var first = await RegistryHost.StartAsync(store);
        await FillAsync(first, store, service.Port);

        // What lies on the disk at this moment is all that a killed process leaves behind.
        Copy(_data["store"], _data["left-behind"]);

        await AssertSameAsync("left-behind");
    }

    [Fact]
    public async Task Every_acknowledged_registration_of_many_is_there_after_a_kill()
    {
        await using var store = await OpenAsync("store");
        await using var first = await RegistryHost.StartAsync(store);
        await Parallel.ForAsync(0, 500, async (i, ct) => await first.Registrar.RegisterAsync(RegistryHost.Request($"i{i}", ttl: TimeSpan.FromMinutes(5)), ct));
        Copy(_data["store"], _data["left-behind"]);

        await using var again = await OpenAsync("left-behind");
        await using var second = await RegistryHost.StartAsync(again);

        var found = await second.Directory.LookupAsync(new LookupRequest { Domain = "default", Service = "pets" }, CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"i{i} Up").Order(), found.Instances.Select(i => $"{i.Id} {i.State}").Order());
    }

    private static async Task FillAsync(RegistryHost host, IStore store, int port)
    {
        var lease = TimeSpan.FromMinutes(5);
        await host.Registrar.RegisterAsync(RegistryHost.Request("leased", ttl: lease), CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("checked", port: port, check: RegistryHost.CheckedOnce()), CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("dead", port: FreePort.Next(), check: RegistryHost.CheckedOnce()), CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("leaves", ttl: lease), CancellationToken.None);
        await host.Registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("leaves") }, CancellationToken.None);
        await host.Registrar.RegisterAsync(RegistryHost.Request("gone", ttl: lease), CancellationToken.None);
        await host.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("gone") }, CancellationToken.None);
        await WaitForStoredAsync(store, "checked", InstanceState.Up);
        await WaitForStoredAsync(store, "dead", InstanceState.Down);
    }

    private static Task WaitForStoredAsync(IStore store, string id, InstanceState state) => Eventually.True(
        async () =>
        {
            var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(RegistrationStore.KeyOf(TableBench.Name(id)))), CancellationToken.None);
            return found.Entries.Count == 1 && StoredRegistration.Parser.ParseFrom(found.Entries[0].Value.Span).LastState == state;
        },
        $"the store knows that {id} is {state}");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            // The lock is the living process's; one that was killed holds none.
            if (!Path.GetFileName(file).Contains("lock", StringComparison.OrdinalIgnoreCase))
            {
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
                source.CopyTo(target);
            }
        }
    }

    private async Task<EmbeddedStore> OpenAsync(string name) =>
        await EmbeddedStore.OpenAsync(_data[name], new EmbeddedStoreOptions(), TimeProvider.System, CancellationToken.None);

    private async Task AssertSameAsync(string name)
    {
        // A prober that never answers: what is shown can only come from before.
        await using var store = await OpenAsync(name);
        await using var second = await RegistryHost.StartAsync(store, replace: s => s.AddSingleton<IProber>(new SilentProber()), waitUntilReady: false);
        var answers = new List<string[]>();
        await Eventually.True(
            async () =>
            {
                try
                {
                    var found = await second.Directory.LookupAsync(new LookupRequest { Domain = "default", Service = "pets" }, CancellationToken.None);
                    answers.Add([.. found.Instances.Select(i => $"{i.Id} {i.State}").Order(StringComparer.Ordinal)]);
                    return answers.Count == 20;
                }
                catch (BanyanException e) when (e.Error.Kind == ErrorKind.Unavailable)
                {
                    return false;
                }
            },
            "the registry answers");
        Assert.All(answers, answer => Assert.Equal(Before, answer));
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
