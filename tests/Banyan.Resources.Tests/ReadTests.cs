using Banyan.Contracts;
using Banyan.Testing;
using static Banyan.Resources.Tests.Shelf;

namespace Banyan.Resources.Tests;

public sealed class ReadTests
{
    [Fact]
    public async Task Pages_are_of_one_revision_while_others_write()
    {
        await using var shelf = new Shelf();
        for (var i = 0; i < 10; i++)
        {
            await shelf.Put($"b{i}", """{"spec":{"size":1}}""");
        }

        var seen = new List<ResourceDocument>();
        string? next = null;
        var revisions = new HashSet<long>();
        do
        {
            var page = await shelf.Resources.ListAsync("boxes", new ResourceFilter { Limit = 3, Continue = next }, default);
            seen.AddRange(page.Items);
            revisions.Add(page.Revision);
            next = page.Continue;
            await shelf.Put("b9", $$$$"""{"spec":{"size":{{{{seen.Count + 1}}}}}}""");
            await shelf.Put($"a{seen.Count}", "{}");
            await shelf.Put($"z{seen.Count}", "{}");
        }
        while (next is not null);

        Assert.Single(revisions);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"b{i}"), seen.Select(d => d.Name.Name));
        Assert.All(seen, d => Assert.Equal(1, (int)d.ToJson()["spec"]!["size"]!));
    }

    [Fact]
    public async Task Page_whose_revision_is_compacted_is_gone_and_says_what_to_do()
    {
        await using var shelf = new Shelf();
        for (var i = 0; i < 4; i++)
        {
            await shelf.Put($"b{i}", "{}");
        }

        var page = await shelf.Resources.ListAsync("boxes", new ResourceFilter { Limit = 2 }, default);
        await shelf.Put("b9", "{}");
        await shelf.Store.CompactAsync((await shelf.Store.StatusAsync(default)).Revision, default);
        var e = await Fails(ResourceErrors.Gone, () => shelf.Resources.ListAsync("boxes", new ResourceFilter { Limit = 2, Continue = page.Continue }, default));
        Assert.Contains("List again", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!")]
    [InlineData("AAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAEvb3RoZXIva2V5")]
    public async Task Continue_token_of_no_list_is_refused(string token)
    {
        await using var shelf = new Shelf();
        await Fails(ResourceErrors.BadContinue, () => shelf.Resources.ListAsync("boxes", new ResourceFilter { Continue = token }, default));
    }

    [Fact]
    public async Task Pages_with_a_selector_are_full_and_end()
    {
        await using var shelf = new Shelf();
        for (var i = 0; i < 20; i++)
        {
            await shelf.Put($"b{i:00}", $$$$"""{"metadata":{"labels":{"odd":"{{{{(i % 2 == 1 ? "yes" : "no")}}}}"}}}""");
        }

        var filter = new ResourceFilter { Domain = "default", Limit = 4, LabelSelector = LabelSelector.Parse("odd=yes") };
        var sizes = new List<int>();
        var names = new List<string>();
        do
        {
            var page = await shelf.Resources.ListAsync("boxes", filter, default);
            sizes.Add(page.Items.Count);
            names.AddRange(page.Items.Select(d => d.Name.Name));
            filter = filter with { Continue = page.Continue };
        }
        while (filter.Continue is not null);

        Assert.Equal([4, 4, 2], sizes);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"b{(i * 2) + 1:00}"), names);
    }

    [Fact]
    public async Task List_is_of_one_domain_or_of_all()
    {
        await using var shelf = new Shelf();
        foreach (var domain in new[] { "a", "ab", "b" })
        {
            await shelf.Resources.CreateAsync("boxes", new ResourceName(domain, "x"), [], new WriteContext(Admin), default);
        }

        Assert.Equal(["a/x"], (await shelf.Resources.ListAsync("boxes", new ResourceFilter { Domain = "a" }, default)).Items.Select(d => d.Name.ToString()));
        Assert.Equal(["a/x", "ab/x", "b/x"], (await shelf.Resources.ListAsync("boxes", ResourceFilter.All, default)).Items.Select(d => d.Name.ToString()));
    }

    [Fact]
    public async Task Unknown_kind_names_the_nearest()
    {
        await using var shelf = new Shelf();
        var e = await Fails(ResourceErrors.UnknownKind, () => shelf.Resources.GetAsync("boxs", Box("a"), default));
        Assert.Contains("Did you mean 'boxes'?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_tells_every_change_after_a_revision_in_order()
    {
        await using var shelf = new Shelf();
        var start = (await shelf.Put("b1", """{"spec":{"size":1}}""")).Document.Revision;
        await shelf.Put("b1", """{"spec":{"size":2}}""");
        await shelf.Put("b2", "{}");
        await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default);

        var changes = await Take(shelf, ResourceFilter.All, start, 3);
        Assert.Equal([(false, "b1"), (false, "b2"), (true, "b1")], changes.Select(c => (c.Deleted, c.Name.Name)));
        Assert.Equal(changes.Select(c => c.Revision).Order(), changes.Select(c => c.Revision));

        var resumed = await Take(shelf, ResourceFilter.All, changes[0].Revision, 2);
        Assert.Equal(changes.Skip(1).Select(c => c.Revision), resumed.Select(c => c.Revision));
    }

    [Fact]
    public async Task Watch_with_a_selector_tells_an_object_that_moves_out_as_deleted()
    {
        await using var shelf = new Shelf();
        var start = (await shelf.Store.StatusAsync(default)).Revision;
        await shelf.Put("b0", """{"metadata":{"labels":{"a":"2"}}}""");
        await shelf.Put("b1", """{"metadata":{"labels":{"a":"1"}}}""");
        await shelf.Put("b0", """{"metadata":{"labels":{"a":"3"}}}""");
        await shelf.Put("b1", """{"metadata":{"labels":{"a":"2"}}}""");
        await shelf.Put("b0", """{"metadata":{"labels":{"a":"1"}}}""");

        var changes = await Take(shelf, new ResourceFilter { LabelSelector = LabelSelector.Parse("a=1") }, start, 3);
        Assert.Equal([(false, "b1"), (true, "b1"), (false, "b0")], changes.Select(c => (c.Deleted, c.Name.Name)));
    }

    [Fact]
    public async Task Watch_from_a_compacted_revision_is_gone()
    {
        await using var shelf = new Shelf();
        var start = (await shelf.Put("b1", "{}")).Document.Revision;
        await shelf.Put("b2", "{}");
        await shelf.Put("b3", "{}");
        await shelf.Store.CompactAsync((await shelf.Store.StatusAsync(default)).Revision, default);
        await Fails(ResourceErrors.Gone, () => Take(shelf, ResourceFilter.All, start, 1));
    }

    [Fact]
    public async Task Reference_and_domain_are_guarded()
    {
        await using var shelf = new Shelf(withDomains: true);
        var orphan = await Fails(ResourceErrors.Invalid, () => shelf.Put("b1", "{}"));
        Assert.Equal("/metadata/domain", Assert.Single(orphan.Faults).Pointer);

        await shelf.Resources.CreateAsync("domains", new ResourceName(null, "default"), [], new WriteContext(Admin), default);
        await shelf.Put("b1", "{}");
        await shelf.Put("b2", """{"spec":{"inside":"b1"}}""");
        var full = await Fails(ResourceErrors.InUse, () => shelf.Resources.DeleteAsync("domains", new ResourceName(null, "default"), new WriteContext(Admin), default));
        Assert.Contains("2 boxes", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Domain_that_is_deleted_while_objects_are_born_in_it_never_leaves_an_orphan()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var shelf = new Shelf(withDomains: true);
            var domain = new ResourceName(null, "default");
            await shelf.Resources.CreateAsync("domains", domain, [], new WriteContext(Admin), default);
            var birth = Task.Run(() => Try(() => shelf.Put("b1", "{}")));
            var death = Task.Run(() => Try(() => shelf.Resources.DeleteAsync("domains", domain, new WriteContext(Admin), default)));
            Assert.NotEqual(await birth, await death);
            Assert.Equal(await birth, await shelf.Resources.GetAsync("domains", domain, default) is not null);
        }

        static async Task<bool> Try(Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (BanyanException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Informer_follows_and_is_one_per_kind()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":1}}""");
        var informer = shelf.Resources.Informer(shelf.Boxes);
        Assert.Same(informer, shelf.Resources.Informer(shelf.Boxes));
        Assert.False(informer.Synced);
        var raised = 0;
        informer.Changed += () => Interlocked.Increment(ref raised);
        await informer.WaitForSyncAsync(default);
        var first = informer.Snapshot;
        Assert.Equal(1, first[Box("b1")].Spec.Size);

        await shelf.Put("b1", """{"spec":{"size":2}}""");
        var last = await shelf.Put("b2", "{}");
        await Eventually.True(() => informer.Revision >= last.Document.Revision, "the informer to catch up");
        Assert.Equal(2, informer.Snapshot[Box("b1")].Spec.Size);
        Assert.Equal(1, first[Box("b1")].Spec.Size);
        await Eventually.True(() => Volatile.Read(ref raised) >= 2, "the event, which is raised after the snapshot is there");

        await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default);
        await Eventually.True(() => !informer.Snapshot.ContainsKey(Box("b1")), "the deletion to arrive");
    }

    private static async Task<List<ResourceChange>> Take(Shelf shelf, ResourceFilter filter, long after, int count)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var result = new List<ResourceChange>();
        await foreach (var batch in shelf.Resources.WatchAsync("boxes", filter, after, deadline.Token))
        {
            result.AddRange(batch.Changes);
            if (result.Count >= count)
            {
                break;
            }
        }

        return result;
    }
}
