using System.Globalization;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Tests;
using Banyan.Testing;

namespace Banyan.Conformance.Registry;

public abstract partial class RegistryContractConformance
{
    [ConformanceFact]
    public async Task Lookup_of_an_unknown_service_is_empty()
    {
        await Register("a");

        Assert.Empty((await Lookup("cats")).Instances);
        Assert.Empty((await Lookup(domain: "other")).Instances);
    }

    [ConformanceFact]
    public async Task Lookup_with_bad_names_is_refused()
    {
        var refused = await Refused(ErrorKind.Invalid, "registry/invalid-request", () => Lookup("Pets!", string.Empty));

        Assert.Equal(["/domain required", "/service bad-name"], FaultsOf(refused));
    }

    [ConformanceFact]
    public async Task Lookup_shows_instances_of_its_service_only_in_every_state()
    {
        await Register("up");
        await Register("down");
        await Beat("down", InstanceState.Down);
        await Register("leaves");
        await Drain("leaves");
        await Register("walker", service: "walks");
        await Register("foreign", domain: "other");

        var found = await Lookup();

        Assert.Equal(
            ["down Down", "leaves Draining", "up Up"],
            found.Instances.Select(i => $"{i.Id} {i.State}").Order(StringComparer.Ordinal));
        Assert.True(found.VersionNumber >= found.Instances.Max(i => i.VersionNumber));
    }

    [ConformanceFact]
    public async Task Watch_of_nothing_begins_with_an_empty_reset()
    {
        await using var watch = Watch("default", "pets");

        Assert.Empty((await watch.NextAsync()).Changed);

        await Register("a");
        Assert.Equal(["a"], Ids((await watch.NextAsync()).Changed));
    }

    [ConformanceFact]
    public async Task Watch_begins_with_the_whole_selection_and_goes_on_with_changes_only()
    {
        await Register("a");
        await Register("b");
        await using var watch = Watch("default");
        Assert.Equal(["a", "b"], Ids((await watch.NextAsync()).Changed));

        await Register("c");
        Assert.Equal(["c"], Ids((await watch.NextAsync()).Changed));
        await Drain("a", "rollout");
        Assert.Equal(InstanceState.Draining, Assert.Single((await watch.NextAsync()).Changed).State);
        await Deregister("b");
        var last = await watch.NextAsync();

        Assert.Empty(last.Changed);
        Assert.Equal(RegistryHost.Key("b"), Assert.Single(last.Removed));
        Assert.Equal((await Lookup()).Instances.OrderBy(i => i.Id), watch.Known.OrderBy(i => i.Id));
    }

    [ConformanceFact]
    public async Task Watch_selects_by_domain_and_by_services()
    {
        await using var all = Watch(string.Empty);
        await using var domain = Watch("default");
        await using var two = Watch("default", "pets", "walks", "pets");
        await using var one = Watch("other", "pets");
        Subscriber[] watches = [all, domain, two, one];
        foreach (var watch in watches)
        {
            await watch.NextAsync();
        }

        await Register("p");
        await Register("w", service: "walks");
        await Register("c", service: "cats");
        await Register("o", domain: "other");
        await Register("x", domain: "other", service: "walks");

        string[][] expected = [["c", "o", "p", "w", "x"], ["c", "p", "w"], ["p", "w"], ["o"]];
        foreach (var (watch, ids) in watches.Zip(expected))
        {
            await watch.UntilAsync(w => w.Known.Count() >= ids.Length);
            Assert.Equal(ids, Ids(watch.Known));
        }

        // What is not selected is not told later either: the next message is about the next selected change.
        await Register("c2", service: "cats");
        await Register("p2");
        await two.UntilAsync(w => w["p2"] is not null);
        Assert.Equal(["p", "p2", "w"], Ids(two.Known));
    }

    [ConformanceFact]
    public async Task Watch_with_a_bad_selection_is_refused_with_every_fault()
    {
        await using var bad = Watch("No!", "ok", "Not ok");
        Assert.Equal(["/domain bad-name", "/services/1 bad-name"], FaultsOf(await Refused(ErrorKind.Invalid, "registry/invalid-request", bad.NextAsync)));

        await using var homeless = Watch(string.Empty, "pets");
        Assert.Equal(["/domain required"], FaultsOf(await Refused(ErrorKind.Invalid, "registry/invalid-request", homeless.NextAsync)));
    }

    [ConformanceFact]
    public async Task Watch_ends_by_cancellation()
    {
        await using var watch = Watch("default");
        await watch.NextAsync();

        var next = watch.NextAsync();
        await watch.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [ConformanceFact]
    public async Task Watching_again_begins_with_a_reset_to_the_present()
    {
        await Register("a");
        await using (var first = Watch("default"))
        {
            await first.NextAsync();
        }

        await Register("b");
        await Deregister("a");

        await using var second = Watch("default");
        Assert.Equal(["b"], Ids((await second.NextAsync()).Changed));
    }

    [ConformanceFact]
    public async Task Watch_folded_together_is_what_a_lookup_shows_after_any_changes()
    {
        var random = new Random(20260);
        await using var early = Watch("default");
        await early.NextAsync();
        for (var i = 0; i < 200; i++)
        {
            var id = random.Next(12).ToString(CultureInfo.InvariantCulture);
            var known = await Find(id) is not null;
            await (random.Next(4) switch
            {
                0 when known => Deregister(id),
                1 when known => Drain(id),
                2 when known => Beat(id, random.Next(2) == 0 ? InstanceState.Up : InstanceState.Down),
                _ => Register(id, port: random.Next(1, 60_000)),
            });
        }

        await Register("last");
        await early.UntilAsync(w => w["last"] is not null);

        Assert.Equal((await Lookup()).Instances.OrderBy(i => i.Id), early.Known.OrderBy(i => i.Id));
        Assert.Equal((await Lookup()).VersionNumber, early.Version);
    }

    [ConformanceFact]
    public async Task Slow_subscriber_misses_states_in_between_and_gets_the_newest()
    {
        const int changes = 60;
        await using var slow = Watch("default");
        await using var fast = Watch("default");
        await slow.NextAsync();
        await fast.NextAsync();
        for (var i = 1; i <= changes; i++)
        {
            // Large, so that buffers on the way fill up; told to a fast subscriber, so that each is a message of its own.
            var request = RegistryHost.Request("a", port: i, ttl: Long);
            for (var entry = 0; entry < 60; entry++)
            {
                request.Instance.Metadata.Add($"m{entry}", new string((char)('a' + (i % 26)), 1024));
            }

            await Registrar.RegisterAsync(request, Cancellation);
            await fast.UntilAsync(w => w["a"]?.Port == i);
        }

        Assert.True(fast.Messages > changes, $"{fast.Messages} messages");
        await slow.UntilAsync(w => w["a"]?.Port == changes);

        Assert.True(slow.Messages < changes / 2, $"{slow.Messages} messages for {changes} changes");
        Assert.Equal(fast["a"], slow["a"]);
    }

    [ConformanceFact]
    public async Task Without_a_snapshot_every_call_is_unavailable_and_none_is_answered_with_an_empty_list()
    {
        await Register("a");
        await Host.DisposeAsync();
        await using var closed = new ClosedStore(_store);
        _host = await RegistryHost.StartAsync(closed, Settings, waitUntilReady: false);
        const string code = "registry/not-ready";

        await Refused(ErrorKind.Unavailable, code, () => Lookup());
        await Refused(ErrorKind.Unavailable, code, () => Register("b"));
        await Refused(ErrorKind.Unavailable, code, () => Beat("a"));
        await Refused(ErrorKind.Unavailable, code, () => Drain("a"));
        await Refused(ErrorKind.Unavailable, code, () => Deregister("a"));
        await using (var watch = Watch("default"))
        {
            await Refused(ErrorKind.Unavailable, code, watch.NextAsync);
        }

        closed.Open();
        var first = await Eventually.Value(
            async () =>
            {
                try
                {
                    await using var watch = Watch("default");
                    return await watch.NextAsync();
                }
                catch (BanyanException e) when (e.Error.Kind == ErrorKind.Unavailable)
                {
                    return null;
                }
            },
            "the registry has its snapshot");
        Assert.Equal(["a"], Ids(first.Changed));
    }
}
