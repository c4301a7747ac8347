using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceFact]
    public async Task Status_of_a_fresh_store_is_revision_one()
    {
        var status = await Store.StatusAsync(Cancellation);
        Assert.Equal(EngineName, status.Engine);
        Assert.NotEqual(string.Empty, status.Detail);
        if (StartsEmpty)
        {
            Assert.Equal((1L, 0L), (status.Revision, status.CompactedRevision));
            Assert.Contains(status.Keys, new long[] { 0, -1 });
        }
    }

    [ConformanceFact]
    public async Task Status_counts_live_keys_when_it_knows()
    {
        var before = await Store.StatusAsync(Cancellation);
        await Commit(PutOf("a", "1"), PutOf("b", "1"), PutOf("c", "1"));
        await Put("a", "2");
        await Delete("b");
        var after = await Store.StatusAsync(Cancellation);
        Assert.Equal(before.Keys < 0 ? -1 : before.Keys + 2, after.Keys);
    }

    [ConformanceFact]
    public async Task Commit_put_creates_an_entry_with_its_numbers()
    {
        var before = await Revision();
        var result = await Commit(PutOf("a", "1"));
        Assert.True(result.Succeeded);
        Assert.Equal((before + 1, 0L), (result.Revision, result.Deleted));
        Assert.Empty(result.Current);
        var entry = await Get("a");
        Assert.NotNull(entry);
        Assert.Equal("1", Text(entry.Value.Value));
        Assert.Equal((before + 1, before + 1, 1L, 0L), (entry.Value.CreateRevision, entry.Value.ModRevision, entry.Value.Version, entry.Value.LeaseId));
    }

    [ConformanceFact]
    public async Task Commit_second_put_keeps_create_revision_and_counts_versions()
    {
        var created = await Put("a", "1");
        await Put("a", "2");
        var modified = await Put("a", "3");
        var entry = (await Get("a"))!.Value;
        Assert.Equal((created, modified, 3L), (entry.CreateRevision, entry.ModRevision, entry.Version));
    }

    [ConformanceFact]
    public async Task Commit_put_of_the_same_value_is_a_change()
    {
        var first = await Put("a", "1");
        Assert.Equal(first + 1, await Put("a", "1"));
        Assert.Equal(2, (await Get("a"))!.Value.Version);
    }

    [ConformanceFact]
    public async Task Commit_put_after_delete_begins_a_new_life()
    {
        await Put("a", "1");
        await Put("a", "2");
        await Delete("a");
        Assert.Null(await Get("a"));
        var again = await Put("a", "3");
        var entry = (await Get("a"))!.Value;
        Assert.Equal((again, again, 1L), (entry.CreateRevision, entry.ModRevision, entry.Version));
    }

    [ConformanceFact]
    public async Task Commit_many_operations_share_one_revision()
    {
        var before = await Revision();
        var result = await Commit(PutOf("a", "1"), PutOf("b", "1"), PutOf("c", "1"));
        Assert.Equal(before + 1, result.Revision);
        Assert.All((await Range(Keys())).Entries, e => Assert.Equal(before + 1, e.ModRevision));
        Assert.Equal(before + 1, await Revision());
    }

    [ConformanceFact]
    public async Task Commit_delete_of_a_range_counts_and_shares_one_revision()
    {
        var put = (await Commit(PutOf("d/1", "1"), PutOf("d/2", "1"), PutOf("e", "1"))).Revision;
        var result = await Commit(new StoreOperation.Delete(Keys("d/")));
        Assert.Equal((true, put + 1, 2L), (result.Succeeded, result.Revision, result.Deleted));
        Assert.Equal(["e=1"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Commit_delete_of_nothing_makes_no_revision()
    {
        var before = await Revision();
        var result = await Commit(DeleteOf("missing"));
        Assert.Equal((true, before, 0L), (result.Succeeded, result.Revision, result.Deleted));
        Assert.Equal(before, await Revision());
    }

    [ConformanceFact]
    public async Task Commit_delete_of_nothing_beside_a_put_shares_its_revision()
    {
        var before = await Revision();
        var result = await Commit(DeleteOf("missing"), PutOf("a", "1"));
        Assert.Equal((before + 1, 0L), (result.Revision, result.Deleted));
    }

    [ConformanceFact]
    public async Task Commit_without_operations_makes_no_revision()
    {
        var before = await Revision();
        var result = await Commit();
        Assert.Equal((true, before), (result.Succeeded, result.Revision));
        Assert.Equal(before, await Revision());
    }

    [ConformanceFact]
    public async Task Commit_overlapping_deletes_count_each_key_once()
    {
        await Commit(PutOf("a", "1"), PutOf("b", "1"));
        Assert.Equal(2, (await Commit(new StoreOperation.Delete(Keys()), DeleteOf("a"))).Deleted);
    }

    [ConformanceFact]
    public async Task Commit_put_twice_is_invalid_and_does_nothing()
    {
        await Refused(StoreError.Invalid, () => Commit(PutOf("a", "1"), PutOf("b", "1"), PutOf("a", "2")));
        Assert.Empty((await Range(Keys())).Entries);
    }

    [ConformanceTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_put_and_delete_of_one_key_is_invalid_in_either_order(bool putFirst)
    {
        await Put("a", "0");
        StoreOperation put = PutOf("a", "1"), delete = new StoreOperation.Delete(Keys());
        await Refused(StoreError.Invalid, () => putFirst ? Commit(put, delete) : Commit(delete, put));
        Assert.Equal(["a=0"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Commit_malformed_operations_are_invalid_even_when_a_compare_fails()
    {
        var transaction = StoreTransaction.Of(PutOf("a", "1"), PutOf("a", "2")).When(StoreCompare.Unchanged(Key("missing"), 7));
        await Refused(StoreError.Invalid, async () => await Store.CommitAsync(transaction, Cancellation));
    }

    [ConformanceFact]
    public async Task Commit_delete_beside_a_put_outside_its_range_is_fine()
    {
        await Commit(PutOf("d/1", "1"), PutOf("d/2", "1"));
        var result = await Commit(new StoreOperation.Delete(Keys("d/")), PutOf("d0", "1"));
        Assert.Equal(2, result.Deleted);
        Assert.Equal(["d0=1"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Commit_empty_key_is_invalid() =>
        await Refused(StoreError.Invalid, async () => await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(default, Bytes("x"))), Cancellation));

    [ConformanceFact]
    public async Task Commit_key_of_the_greatest_length_is_kept_and_one_longer_is_invalid()
    {
        var longest = new StoreKey([.. Key("k").Span, .. Enumerable.Repeat((byte)'x', StoreKey.MaxLength - Key("k").Length)]);
        await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(longest, Bytes("v"))), Cancellation);
        Assert.Equal(longest, Assert.Single((await Range(Keys("k"))).Entries).Key);
        var longer = new StoreKey([.. longest.Span, (byte)'x']);
        await Refused(StoreError.Invalid, async () => await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(longer, Bytes("v"))), Cancellation));
        await Refused(StoreError.Invalid, async () => await Store.CommitAsync(StoreTransaction.Of().When(StoreCompare.Absent(longer)), Cancellation));
    }

    [ConformanceFact]
    public async Task Commit_value_of_the_greatest_length_is_kept_and_one_longer_is_invalid()
    {
        var value = new byte[MaxValueBytes];
        new Random(7).NextBytes(value);
        await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(Key("a"), value)), Cancellation);
        Assert.True((await Get("a"))!.Value.Value.Span.SequenceEqual(value));
        await Refused(
            StoreError.Invalid,
            async () => await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(Key("a"), new byte[MaxValueBytes + 1])), Cancellation));
        Assert.Equal(1, (await Get("a"))!.Value.Version);
    }

    [ConformanceFact]
    public async Task Commit_128_operations_are_allowed_and_129_are_invalid()
    {
        await Commit([.. Enumerable.Range(0, 128).Select(i => PutOf($"{i:000}", "v"))]);
        Assert.Equal(128, (await Range(Keys())).Count);
        await Refused(StoreError.Invalid, () => Commit([.. Enumerable.Range(0, 129).Select(i => PutOf($"{i:000}", "v"))]));
    }

    [ConformanceFact]
    public async Task Commit_keeps_its_own_copy_of_the_value()
    {
        var value = Bytes("before");
        await Store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(Key("a"), value)), Cancellation);
        Array.Clear(value);
        Assert.Equal("before", Text((await Get("a"))!.Value.Value));
    }

    [ConformanceFact]
    public async Task Commit_cancelled_before_it_began_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.CommitAsync(StoreTransaction.Of(PutOf("a", "1")), cancelled.Token));
        Assert.Null(await Get("a"));
    }

    [ConformanceFact]
    public async Task Commit_is_seen_by_every_read_that_begins_after_it()
    {
        for (var i = 0; i < 100; i++)
        {
            var revision = await Put("a", $"{i}");
            var read = await Range(Keys());
            Assert.Equal([$"a={i}"], Pairs(read));
            Assert.True(read.Revision >= revision);
        }
    }

    [ConformanceFact]
    public async Task Commit_concurrently_each_gets_a_revision_of_its_own()
    {
        var revisions = await Task.WhenAll(Enumerable.Range(0, 20).Select(async writer =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 20; i++)
            {
                mine.Add(await Put($"{writer:00}/{i:00}", "v"));
            }

            Assert.Equal(mine.Order(), mine);
            return mine;
        }));
        Assert.Equal(400, revisions.SelectMany(r => r).Distinct().Count());
        Assert.Equal(400, (await Range(Keys())).Count);
    }

    [ConformanceFact]
    public async Task Commit_concurrent_increments_under_compare_lose_none()
    {
        await Put("counter", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var entry = (await Get("counter"))!.Value;
                var next = StoreTransaction.Of(PutOf("counter", $"{int.Parse(Text(entry.Value), null) + 1}"));
                var result = await Store.CommitAsync(next.When(StoreCompare.Unchanged(Key("counter"), entry.ModRevision)), Cancellation);
                done += result.Succeeded ? 1 : 0;
            }
        }));
        Assert.Equal(["counter=80"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Commit_is_read_whole_or_not_at_all()
    {
        await Commit(PutOf("x", "0"), PutOf("y", "0"));
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var entries = (await Range(Keys())).Entries;
                Assert.Equal(Text(entries[0].Value), Text(entries[1].Value));
                Assert.Equal(entries[0].ModRevision, entries[1].ModRevision);
            }
        })).ToArray();
        for (var i = 1; i <= 100; i++)
        {
            await Commit(PutOf("x", $"{i}"), PutOf("y", $"{i}"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [ConformanceFact]
    public async Task Commit_each_gives_every_transaction_an_outcome_of_its_own()
    {
        await Put("there", "1");
        var outcomes = await Store.CommitEachAsync(
            [
                StoreTransaction.Of(PutOf("a", "1")),
                StoreTransaction.Of(PutOf("b", "1", UnusedLease())),
                new StoreTransaction([StoreCompare.Absent(Key("there"))], [PutOf("c", "1")]),
                StoreTransaction.Of(PutOf("d", "1"), PutOf("e", "1")),
                StoreTransaction.Of(new StoreOperation.Put(string.Empty, Bytes("1"))),
            ],
            Cancellation);
        Assert.Equal([null, StoreError.LeaseNotFound, null, null, StoreError.Invalid], outcomes.Select(outcome => outcome.Error?.Error));
        Assert.Equal([true, null, false, true, null], outcomes.Select(outcome => outcome.Result?.Succeeded));
        Assert.Equal(["there=1"], outcomes[2].Value.Current.Select(entry => $"{Name(entry.Key)}={Text(entry.Value)}"));
        Assert.Equal(["a=1", "d=1", "e=1", "there=1"], Pairs(await Range(Keys())));
        Assert.NotEqual(outcomes[0].Value.Revision, outcomes[3].Value.Revision);
        Assert.Equal(outcomes[3].Value.Revision, (await Get("d"))!.Value.ModRevision);
    }

    [ConformanceFact]
    public async Task Commit_each_of_nothing_is_nothing()
    {
        var before = await Revision();
        Assert.Empty(await Store.CommitEachAsync([], Cancellation));
        Assert.Equal(before, await Revision());
    }

    [ConformanceFact]
    public async Task Commit_many_at_a_time_small_and_large_all_arrive()
    {
        var from = await Revision();
        var results = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Commit(
            new StoreOperation.Put(Key($"{i:000}"), new byte[i % 30 == 0 ? 700 * 1024 : 10]))));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => from + i), results.Select(result => result.Revision).Order());
        Assert.Equal(300, (await Store.RangeAsync(new RangeQuery(Keys()) { CountOnly = true }, Cancellation)).Count);
        await Commit(new StoreOperation.Delete(Keys()));
    }
}
