using Banyan.Store.Embedded;
using Banyan.Store.Memory;
using Banyan.Store.Offline;
using Banyan.Testing;

namespace Banyan.Store.Tests;

public sealed class StoreOfflineTests
{
    private static readonly EmbeddedStoreOptions Options = new() { FlushToDisk = false };

    [Fact]
    public async Task Verify_of_a_sound_store_tells_what_it_holds()
    {
        using var directory = new TempDirectory();
        var (last, _) = await FillAsync(directory["s"]);
        var report = StoreVerifier.Verify(directory["s"]);
        Assert.True(report.IsSound);
        Assert.Equal((1, last, 2L, 1, 0L), (report.Segments, report.Revision, report.Keys, report.Leases, report.TornBytes));
        Assert.True(report.Records > 3);
    }

    [Fact]
    public async Task Verify_of_a_damaged_store_names_file_and_offset_and_changes_nothing()
    {
        using var directory = new TempDirectory();
        await FillAsync(directory["s"]);
        var file = Directory.GetFiles(directory["s"], "segment-*").Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[RecordFormat.HeaderLength + 18] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        var fault = Assert.Single(StoreVerifier.Verify(directory["s"]).Faults);
        Assert.Equal((file, StoreError.Corrupt), (fault.File, fault.Error));
        Assert.Contains($"offset {RecordFormat.HeaderLength}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("banyan store verify", fault.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public void Verify_of_what_is_no_store_says_so()
    {
        using var directory = new TempDirectory();
        Assert.Equal(StoreError.Inaccessible, Assert.Throws<StoreException>(() => StoreVerifier.Verify(directory.Path)).Error);
        Assert.Equal(StoreError.Inaccessible, Assert.Throws<StoreException>(() => StoreVerifier.Verify(directory["missing"])).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Snapshot_restored_gives_the_same_entries_revisions_and_leases(bool live)
    {
        using var directory = new TempDirectory();
        var (last, entries) = await FillAsync(directory["s"]);
        SnapshotSummary saved;
        if (live)
        {
            await using var store = await EmbeddedStore.OpenAsync(directory["s"], Options, TimeProvider.System, default);
            saved = await StoreSnapshots.SaveAsync(store, directory["file"], default);
        }
        else
        {
            saved = await StoreSnapshots.SaveAsync(directory["s"], directory["file"], default);
        }

        Assert.Equal((last, 2L, 1L), (saved.Revision, saved.Entries, saved.Leases));
        Assert.Equal(saved, StoreSnapshots.Check(directory["file"]));
        Assert.Equal(saved, await StoreSnapshots.RestoreAsync(directory["file"], directory["new"], default));
        await using var restored = await EmbeddedStore.OpenAsync(directory["new"], Options, TimeProvider.System, default);
        Assert.Equal(entries, await EntriesAsync(restored));
        Assert.Equal([(StoreKey)"bound"], (await restored.GetLeaseAsync(77, default)).Keys);
        Assert.Equal(last + 1, (await restored.CommitAsync(StoreModel.Put("more", "1"), default)).Revision);
    }

    [Fact]
    public async Task Restore_refuses_a_damaged_or_short_file_and_a_directory_that_is_not_empty()
    {
        using var directory = new TempDirectory();
        await FillAsync(directory["s"]);
        await StoreSnapshots.SaveAsync(directory["s"], directory["file"], default);
        var bytes = await File.ReadAllBytesAsync(directory["file"]);
        for (var i = 0; i < bytes.Length; i += 3)
        {
            await File.WriteAllBytesAsync(directory["short"], bytes[..i]);
            Assert.Equal(StoreError.Corrupt, Assert.Throws<StoreException>(() => StoreSnapshots.Check(directory["short"])).Error);
            byte[] altered = [.. bytes];
            altered[i] ^= 0x11;
            await File.WriteAllBytesAsync(directory["altered"], altered);
            await Assert.ThrowsAsync<StoreException>(() => StoreSnapshots.RestoreAsync(directory["altered"], directory["never"], default));
        }

        Assert.False(Directory.Exists(directory["never"]));
        var refused = await Assert.ThrowsAsync<StoreException>(() => StoreSnapshots.RestoreAsync(directory["file"], directory["s"], default));
        Assert.Equal(StoreError.Inaccessible, refused.Error);
    }

    [Fact]
    public async Task Copy_of_a_store_that_is_being_written_is_equal_in_the_end()
    {
        await using var from = new MemoryStore(TimeProvider.System);
        await using var to = new MemoryStore(TimeProvider.System);
        await from.GrantLeaseAsync(TimeSpan.FromSeconds(60), 5, default);
        for (var i = 0; i < 300; i++)
        {
            await from.CommitAsync(StoreModel.Put($"k{i:000}", $"{i}", i % 10 == 0 ? 5 : 0), default);
        }

        // The copy's own steps drive the writer: the first state is fixed by then, and every change comes while the copy is under way.
        var written = new List<Task>();
        var done = await StoreCopier.CopyAsync(from, to, new Count(() =>
        {
            for (var i = 0; i < 100 && written.Count < 300; i++)
            {
                var next = written.Count;
                written.Add(from.CommitAsync(next % 3 == 0 ? StoreModel.Delete($"k{next:000}") : StoreModel.Put($"k{next:000}", "again"), default).AsTask());
            }
        }), default);
        await Task.WhenAll(written);
        Assert.Equal((300, 300), (done.Entries, done.Events));

        // What was written after the copy had caught up is not in it; what was written before is.
        var source = await StoreModel.Pairs(from, done.Revision);
        Assert.Equal(source, await StoreModel.Pairs(to));
    }

    [Fact]
    public async Task Copy_keeps_leases_under_their_numbers()
    {
        await using var from = new MemoryStore(TimeProvider.System);
        await using var to = new MemoryStore(TimeProvider.System);
        await from.GrantLeaseAsync(TimeSpan.FromSeconds(60), 5, default);
        await from.CommitAsync(StoreModel.Put("bound", "1", 5), default);
        await StoreCopier.CopyAsync(from, to, null, default);
        Assert.Equal([(StoreKey)"bound"], (await to.RenewLeaseAsync(5, default) is var l ? await to.GetLeaseAsync(l.Id, default) : l).Keys);
    }

    [Fact]
    public async Task Copy_into_a_store_that_is_not_empty_is_refused()
    {
        await using var from = new MemoryStore(TimeProvider.System);
        await using var to = new MemoryStore(TimeProvider.System);
        await to.CommitAsync(StoreModel.Put("a", "1"), default);
        Assert.Equal(StoreError.Invalid, (await Assert.ThrowsAsync<StoreException>(() => StoreCopier.CopyAsync(from, to, null, default))).Error);
    }

    private static async Task<(long Last, string[] Entries)> FillAsync(string directory)
    {
        await using var store = await EmbeddedStore.OpenAsync(directory, Options, TimeProvider.System, default);
        await store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 77, default);
        await store.CommitAsync(StoreModel.Put("bound", "1", 77), default);
        await store.CommitAsync(StoreModel.Put("gone", "1"), default);
        await store.CommitAsync(StoreModel.Put("free", "1"), default);
        await store.CommitAsync(StoreModel.Put("free", "2"), default);
        var last = (await store.CommitAsync(StoreModel.Delete("gone"), default)).Revision;
        return (last, await EntriesAsync(store));
    }

    private static async Task<string[]> EntriesAsync(EmbeddedStore store) =>
        [.. (await store.RangeAsync(new RangeQuery(KeyRange.All), default)).Entries
            .Select(e => $"{e.Key} {Convert.ToHexString(e.Value.Span)} {e.CreateRevision} {e.ModRevision} {e.Version} {e.LeaseId}")];

    private sealed class Count(Action count) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => count();
    }
}
