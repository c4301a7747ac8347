using Banyan.Testing;
using Banyan.Store;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceFact]
    public async Task Compact_forgets_what_is_older_and_keeps_the_newest_of_each_key()
    {
        var first = await Put("a", "1");
        var second = await Put("b", "1");
        var third = await Put("a", "2");
        var fourth = await Put("a", "3");
        await Store.CompactAsync(third, Cancellation);
        var refused = await Refused(StoreError.Compacted, () => Range(Keys(), first));
        Assert.Equal(third, refused.CompactedRevision);
        await Refused(StoreError.Compacted, () => Range(Keys(), second));
        Assert.Equal(["a=2", "b=1"], Pairs(await Range(Keys(), third)));
        Assert.Equal(["a=3", "b=1"], Pairs(await Range(Keys(), fourth)));
        Assert.Equal(["a=3", "b=1"], Pairs(await Range(Keys())));
        Assert.Equal(third, (await Store.StatusAsync(Cancellation)).CompactedRevision);
    }

    [ConformanceFact]
    public async Task Compact_makes_no_revision_and_changes_no_entry()
    {
        await Put("a", "1");
        await Put("b", "1");
        var last = await Put("a", "2");
        var before = (await Range(Keys())).Entries.Select(e => (e.Key, e.CreateRevision, e.ModRevision, e.Version, Text(e.Value))).ToArray();
        await Store.CompactAsync(last, Cancellation);
        Assert.Equal(last, await Revision());
        Assert.Equal(before, (await Range(Keys())).Entries.Select(e => (e.Key, e.CreateRevision, e.ModRevision, e.Version, Text(e.Value))));
    }

    [ConformanceFact]
    public async Task Compact_a_deleted_key_stays_deleted_and_can_live_again()
    {
        await Put("a", "1");
        await Put("b", "1");
        var deleted = await Delete("a");
        var other = await Put("b", "2");
        await Store.CompactAsync(other, Cancellation);
        Assert.Equal(["b=2"], Pairs(await Range(Keys())));
        Assert.True(deleted < other);
        var again = await Put("a", "2");
        var entry = (await Get("a"))!.Value;
        Assert.Equal((again, 1L), (entry.CreateRevision, entry.Version));
    }

    [ConformanceFact]
    public async Task Compact_twice_at_one_revision_is_refused()
    {
        var revision = await Put("a", "1");
        await Store.CompactAsync(revision, Cancellation);
        await Refused(StoreError.Compacted, async () => await Store.CompactAsync(revision, Cancellation));
        await Refused(StoreError.Compacted, async () => await Store.CompactAsync(revision - 1, Cancellation));
    }

    [ConformanceFact]
    public async Task Compact_in_the_future_is_refused()
    {
        var revision = await Put("a", "1");
        await Refused(StoreError.FutureRevision, async () => await Store.CompactAsync(revision + 100, Cancellation));
        Assert.Equal(["a=1"], Pairs(await Range(Keys(), revision)));
    }

    [ConformanceFact]
    public async Task Compact_a_watch_from_before_is_refused_and_told_where_to_start()
    {
        var first = await Put("a", "1");
        await Put("a", "2");
        await Put("a", "3");
        var compacted = await Put("a", "4");
        var last = await Put("a", "5");
        await Store.CompactAsync(compacted, Cancellation);
        var refused = await Refused(StoreError.Compacted, () => WatchUntil(new WatchQuery(Keys()) { AfterRevision = first }, last));
        Assert.Equal(compacted, refused.CompactedRevision);
        var batches = await WatchUntil(new WatchQuery(Keys()) { AfterRevision = refused.CompactedRevision }, last);
        Assert.Equal(["5"], batches.SelectMany(b => b.Events).Select(e => Text(e.Entry.Value)));
    }

    [ConformanceFact]
    public async Task Compact_does_not_disturb_a_watch_that_keeps_up()
    {
        var from = await Revision();
        await using var watch = Store.WatchAsync(new WatchQuery(Keys()) { AfterRevision = from, IncludePrevious = true }, Cancellation).GetAsyncEnumerator(Cancellation);
        for (var i = 1; i <= 20; i++)
        {
            var revision = await Put("a", $"{i}");
            var seen = Assert.Single((await FirstEvents(watch)).Events);
            Assert.Equal($"{i}", Text(seen.Entry.Value));
            Assert.Equal(i == 1 ? null : $"{i - 1}", seen.Previous is { } p ? Text(p.Value) : null);
            await Store.CompactAsync(revision, Cancellation);
        }
    }

    [ConformanceFact]
    public async Task Compact_while_reading_gives_right_answers_or_compacted_never_wrong_ones()
    {
        for (var i = 0; i < 50; i++)
        {
            await Put($"{i:00}", "0");
        }

        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var at = (await Range(Keys(), limit: 1)).Revision;
                try
                {
                    Assert.Equal(50, (await Range(Keys(), at)).Entries.Count);
                }
                catch (StoreException compacted) when (compacted.Error == StoreError.Compacted)
                {
                    // Lost the race; a right answer.
                }

                Assert.Equal(50, (await Range(Keys())).Entries.Count);
            }
        })).ToArray();
        for (var i = 0; i < 100; i++)
        {
            var revision = await Put($"{i % 50:00}", $"{i}");
            await Store.CompactAsync(revision, Cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }
}
