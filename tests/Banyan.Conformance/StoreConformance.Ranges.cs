using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceFact]
    public async Task Range_empty_range_gives_no_entries_and_the_revision()
    {
        var result = await Range(Keys());
        Assert.Empty(result.Entries);
        Assert.Equal(0, result.Count);
        Assert.False(result.More);
        Assert.Equal(await Revision(), result.Revision);
    }

    [ConformanceFact]
    public async Task Range_prefix_gives_keys_in_byte_order_and_no_others()
    {
        await Commit(PutOf("b/2", "2"), PutOf("b/10", "10"), PutOf("a", "x"), PutOf("b", "no"), PutOf("c", "x"), PutOf("b/\u00e9", "e"));
        Assert.Equal(["b/10=10", "b/2=2", "b/\u00e9=e"], Pairs(await Range(Keys("b/"))));
    }

    [ConformanceFact]
    public async Task Range_start_is_included_and_end_is_not()
    {
        await Commit(PutOf("a", "1"), PutOf("b", "2"), PutOf("c", "3"));
        Assert.Equal(["a=1", "b=2"], Pairs(await Range(new KeyRange(Key("a"), Key("c")))));
    }

    [ConformanceFact]
    public async Task Range_end_before_start_is_empty()
    {
        await Commit(PutOf("a", "1"), PutOf("b", "2"));
        Assert.Empty((await Range(new KeyRange(Key("b"), Key("a")))).Entries);
    }

    [ConformanceFact]
    public async Task Range_without_end_reaches_past_every_prefix()
    {
        await Put("a", "1");
        StoreKey last = new([0xFF, 0xFF, 0xFE]);
        await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(last, Bytes("last"))), Cancellation);
        var all = await Range(new KeyRange(Key("a"), default));
        Assert.Equal(Key("a"), all.Entries[0].Key);
        Assert.Contains(all.Entries, e => e.Key == last);
        Assert.Contains((await Range(KeyRange.All)).Entries, e => e.Key == last);
        await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Delete(KeyRange.Single(last))), Cancellation);
    }

    [ConformanceFact]
    public async Task Range_single_gives_that_key_only()
    {
        await Commit(PutOf("a", "1"), PutOf("a0", "2"), PutOf("a\0", "3"));
        Assert.Equal(["a=1"], Pairs(await Range(KeyRange.Single(Key("a")))));
    }

    [ConformanceFact]
    public async Task Range_binary_keys_are_ordered_unsigned()
    {
        StoreKey[] keys = [.. new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF }.Select(b => new StoreKey([.. Key("k").Span, b]))];
        foreach (var key in keys.Reverse())
        {
            await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, Bytes("v"))), Cancellation);
        }

        Assert.Equal(keys, (await Range(Keys("k"))).Entries.Select(e => e.Key));
    }

    [ConformanceFact]
    public async Task Range_limit_cuts_and_says_more_but_counts_all()
    {
        await Commit(PutOf("a", "1"), PutOf("b", "2"), PutOf("c", "3"));
        var result = await Range(Keys(), limit: 2);
        Assert.Equal(["a=1", "b=2"], Pairs(result));
        Assert.Equal(3, result.Count);
        Assert.True(result.More);
    }

    [ConformanceTheory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(0)]
    public async Task Range_limit_that_cuts_nothing_does_not_say_more(int limit)
    {
        await Commit(PutOf("a", "1"), PutOf("b", "2"), PutOf("c", "3"));
        var result = await Range(Keys(), limit: limit);
        Assert.Equal(3, result.Entries.Count);
        Assert.False(result.More);
    }

    [ConformanceFact]
    public async Task Range_keys_only_leaves_values_out()
    {
        var revision = await Put("a", "value");
        var entry = Assert.Single((await Store.RangeAsync(new RangeQuery(Keys()) { KeysOnly = true }, Cancellation)).Entries);
        Assert.True(entry.Value.IsEmpty);
        Assert.Equal((Key("a"), revision, revision, 1L), (entry.Key, entry.CreateRevision, entry.ModRevision, entry.Version));
        var single = Assert.Single((await Store.RangeAsync(new RangeQuery(KeyRange.Single(Key("a"))) { KeysOnly = true }, Cancellation)).Entries);
        Assert.True(single.Value.IsEmpty);
    }

    [ConformanceFact]
    public async Task Range_count_only_gives_no_entries()
    {
        await Commit(PutOf("a", "1"), PutOf("b", "2"));
        var result = await Store.RangeAsync(new RangeQuery(Keys()) { CountOnly = true }, Cancellation);
        Assert.Empty(result.Entries);
        Assert.Equal(2, result.Count);
    }

    [ConformanceFact]
    public async Task Range_at_old_revision_gives_what_was_there_then()
    {
        var first = (await Commit(PutOf("a", "1"), PutOf("b", "1"))).Revision;
        var second = await Put("a", "2");
        var third = await Delete("b");
        var fourth = await Put("b", "4");
        Assert.Equal(["a=1", "b=1"], Pairs(await Range(Keys(), first)));
        Assert.Equal(["a=2", "b=1"], Pairs(await Range(Keys(), second)));
        Assert.Equal(["a=2"], Pairs(await Range(Keys(), third)));
        Assert.Equal(["a=2", "b=4"], Pairs(await Range(Keys(), fourth)));
        Assert.Empty((await Range(Keys(), first - 1)).Entries);
    }

    [ConformanceFact]
    public async Task Range_at_old_revision_answers_with_the_present_revision()
    {
        var old = await Put("a", "1");
        var now = await Put("a", "2");
        Assert.Equal(now, (await Range(Keys(), old)).Revision);
    }

    [ConformanceFact]
    public async Task Range_at_old_revision_pages_one_consistent_state()
    {
        var at = (await Commit(PutOf("a", "1"), PutOf("b", "1"), PutOf("c", "1"))).Revision;
        var first = await Range(Keys(), at, limit: 2);
        await Commit(PutOf("a", "2"), PutOf("bb", "2"), DeleteOf("c"));
        var next = new KeyRange(KeyRange.Single(first.Entries[^1].Key).End, Keys().End);
        Assert.Equal(["c=1"], Pairs(await Range(next, at, limit: 2)));
    }

    [ConformanceFact]
    public async Task Range_in_the_future_is_refused()
    {
        var revision = await Put("a", "1");
        await Refused(StoreError.FutureRevision, () => Range(Keys(), revision + 1000));
    }

    [ConformanceFact]
    public async Task Range_empty_value_is_an_entry()
    {
        await Put("a", string.Empty);
        var entry = await Get("a");
        Assert.NotNull(entry);
        Assert.True(entry.Value.Value.IsEmpty);
    }

    [ConformanceFact]
    public async Task Range_many_keys_stays_in_order_whatever_the_order_of_writing()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"{i * 7919 % 1000:0000}").ToArray();
        foreach (var chunk in names.Chunk(100))
        {
            await Commit([.. chunk.Select(n => PutOf(n, n))]);
        }

        foreach (var chunk in names.Where(n => int.Parse(n, null) % 3 == 0).Chunk(100))
        {
            await Commit([.. chunk.Select(DeleteOf)]);
        }

        var expected = names.Where(n => int.Parse(n, null) % 3 != 0).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, (await Range(Keys())).Entries.Select(e => Name(e.Key)));
    }
}
