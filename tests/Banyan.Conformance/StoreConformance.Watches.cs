using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceFact]
    public async Task Watch_tells_puts_and_deletes_after_a_revision_in_order()
    {
        var from = await Put("a", "1");
        await Put("a", "2");
        await Commit(PutOf("b", "1"), PutOf("c", "1"));
        await Delete("a");
        var last = (await Commit(new StoreOperation.Delete(Keys()))).Revision;
        var batches = await WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, last);
        Assert.Equal(
            ["+a=2@1", "+b=1@2", "+c=1@2", "-a@3", "-b@4", "-c@4"],
            batches.SelectMany(b => b.Events).Select(e => Say(e, from)));
        Assert.Equal(last, batches[^1].Revision);
    }

    [ConformanceFact]
    public async Task Watch_tells_only_its_range()
    {
        var from = await Revision();
        await Commit(PutOf("in/1", "1"), PutOf("out", "1"));
        await Put("out", "2");
        var last = await Put("in/2", "2");
        var batches = await WatchUntil(new WatchQuery(Keys("in/")) { AfterRevision = from }, last);
        Assert.Equal(["+in/1=1@1", "+in/2=2@3"], batches.SelectMany(b => b.Events).Select(e => Say(e, from)));
    }

    [ConformanceFact]
    public async Task Watch_of_a_single_key_tells_nothing_of_its_neighbours()
    {
        var from = await Revision();
        await Commit(PutOf("a", "1"), PutOf("a0", "x"), PutOf("a\0", "x"));
        var last = await Put("a", "2");
        var batches = await WatchUntil(new WatchQuery(KeyRange.Single(Key("a"))) { AfterRevision = from }, last);
        Assert.Equal(["+a=1@1", "+a=2@2"], batches.SelectMany(b => b.Events).Select(e => Say(e, from)));
    }

    [ConformanceFact]
    public async Task Watch_events_carry_the_whole_entry()
    {
        var created = await Put("a", "1");
        var modified = await Put("a", "2");
        var deleted = await Delete("a");
        var events = (await WatchUntil(new WatchQuery(Keys()) { AfterRevision = created }, deleted)).SelectMany(b => b.Events).ToArray();
        Assert.Equal((created, modified, 2L), (events[0].Entry.CreateRevision, events[0].Entry.ModRevision, events[0].Entry.Version));
        Assert.Equal((WatchEventKind.Delete, Key("a"), deleted), (events[1].Kind, events[1].Entry.Key, events[1].Entry.ModRevision));
        Assert.True(events[1].Entry.Value.IsEmpty);
        Assert.All(events, e => Assert.Null(e.Previous));
    }

    [ConformanceFact]
    public async Task Watch_gives_the_entry_before_when_asked()
    {
        var from = await Revision();
        await Put("a", "1");
        await Put("a", "2");
        await Delete("a");
        var last = await Put("a", "3");
        var query = new WatchQuery(Keys()) { AfterRevision = from, IncludePrevious = true };
        var previous = (await WatchUntil(query, last)).SelectMany(b => b.Events).Select(e => e.Previous is { } p ? Text(p.Value) : "none");
        Assert.Equal(["none", "1", "2", "none"], previous);
    }

    [ConformanceFact]
    public async Task Watch_never_splits_a_revision()
    {
        var from = await Revision();
        var last = from;
        for (var i = 0; i < 50; i++)
        {
            last = (await Commit(PutOf("x", $"{i}"), PutOf("y", $"{i}"), PutOf("z", $"{i}"))).Revision;
        }

        foreach (var batch in await WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, last))
        {
            Assert.All(batch.Events.GroupBy(e => e.Entry.ModRevision), revision => Assert.Equal(3, revision.Count()));
            Assert.All(batch.Events, e => Assert.True(e.Entry.ModRevision <= batch.Revision));
        }
    }

    [ConformanceFact]
    public async Task Watch_from_now_tells_what_comes_and_nothing_before()
    {
        await Put("old", "1");
        await using var watch = Store.WatchAsync(new WatchQuery(Keys()), Cancellation).GetAsyncEnumerator(Cancellation);
        var next = FirstEvents(watch);

        // When exactly a remote watch begins only the server knows: write until it sees something.
        var i = 0;
        await Eventually.True(
            async () =>
            {
                await Put("new", $"{i++}");
                return next.IsCompleted;
            },
            "the watch sees a write");
        Assert.All((await next).Events, e => Assert.Equal("new", Name(e.Entry.Key)));
    }

    [ConformanceFact]
    public async Task Watch_live_and_from_history_meet_without_gap_or_repeat()
    {
        var from = await Revision();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            var last = from;
            for (var i = 0; i < 300; i++)
            {
                last = await Put($"{i % 7}", $"{i}");
            }

            return last;
        });
        var watches = new List<Task<List<WatchBatch>>>();
        for (var i = 0; i < 5; i++)
        {
            watches.Add(WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, from + 300));
            await Put("between", $"{i}");
        }

        var last = Math.Max(await writer, await Revision());
        foreach (var watch in watches)
        {
            var revisions = (await watch).SelectMany(b => b.Events).Select(e => e.Entry.ModRevision).ToArray();
            Assert.Equal(Enumerable.Range(1, revisions.Length).Select(i => from + i), revisions);
            Assert.InRange(revisions[^1], from + 300, last);
        }
    }

    [ConformanceFact]
    public async Task Watch_batches_go_forward()
    {
        var from = await Revision();
        var write = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await Put("a", $"{i}");
            }
        });
        var batches = await WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, from + 200);
        await write;
        var told = batches.Where(b => b.Events.Count > 0).Select(b => b.Revision).ToArray();
        Assert.Equal(told.Distinct().Order(), told);
        Assert.Equal(batches.Select(b => b.Revision).Order(), batches.Select(b => b.Revision));
    }

    [ConformanceFact]
    public async Task Watch_that_is_read_slowly_holds_no_writer_and_misses_nothing()
    {
        var from = await Revision();
        await using var watch = Store.WatchAsync(new WatchQuery(Keys()) { AfterRevision = from, Progress = false }, Cancellation).GetAsyncEnumerator(Cancellation);
        await Put("a", "0");
        var told = (await FirstEvents(watch)).Events.Select(e => e.Entry.ModRevision).ToList();
        for (var i = 1; i < 500; i++)
        {
            await Put("a", $"{i}");
        }

        while (told[^1] < from + 500)
        {
            told.AddRange((await FirstEvents(watch)).Events.Select(e => e.Entry.ModRevision));
        }

        Assert.Equal(Enumerable.Range(1, 500).Select(i => from + i), told);
    }

    [ConformanceFact]
    public async Task Watch_after_a_future_revision_waits_for_it()
    {
        var from = await Revision();
        await using var watch = Store.WatchAsync(new WatchQuery(Keys()) { AfterRevision = from + 3, Progress = false }, Cancellation).GetAsyncEnumerator(Cancellation);
        var next = FirstEvents(watch);
        for (var i = 1; i <= 4; i++)
        {
            await Put("a", $"{i}");
        }

        Assert.Equal(["+a=4@4"], (await next).Events.Select(e => Say(e, from)));
    }

    [ConformanceFact]
    public async Task Watch_many_at_once_all_see_everything()
    {
        var from = await Revision();
        var watches = Enumerable.Range(0, 50)
            .Select(i => WatchUntil(new WatchQuery(i % 2 == 0 ? Keys() : Keys("a")) { AfterRevision = from }, from + 20))
            .ToArray();
        for (var i = 0; i < 20; i++)
        {
            await Put("a", $"{i}");
        }

        foreach (var batches in await Task.WhenAll(watches))
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), batches.SelectMany(b => b.Events).Select(e => Text(e.Entry.Value)));
        }
    }

    [ConformanceFact]
    public async Task Watch_ends_by_cancellation()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = Store.WatchAsync(new WatchQuery(Keys()), stop.Token).GetAsyncEnumerator(stop.Token);
        var next = FirstEvents(watch);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [ConformanceFact]
    public async Task Watch_tells_the_deletes_of_a_revoked_lease()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        var from = (await Commit(PutOf("a", "1", lease.Id), PutOf("b", "1", lease.Id))).Revision;
        await Store.RevokeLeaseAsync(lease.Id, Cancellation);
        var events = (await WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, from + 1)).SelectMany(b => b.Events);
        Assert.Equal(["-a@1", "-b@1"], events.Select(e => Say(e, from)).Order());
    }

    [ConformanceFact]
    public async Task Watch_tells_the_deletes_of_an_expired_lease()
    {
        var (_, from) = await PutExpiring("a", "b");
        var events = (await WatchUntil(new WatchQuery(Keys()) { AfterRevision = from }, from + 1)).SelectMany(b => b.Events);
        Assert.Equal(["-a@1", "-b@1"], events.Select(e => Say(e, from)).Order());
    }

    private static async Task<WatchBatch> FirstEvents(IAsyncEnumerator<WatchBatch> watch)
    {
        while (await watch.MoveNextAsync().AsTask().WaitAsync(Eventually.Deadline))
        {
            if (watch.Current.Events.Count > 0)
            {
                return watch.Current;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }
}
