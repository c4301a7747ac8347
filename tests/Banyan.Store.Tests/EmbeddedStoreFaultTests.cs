using Banyan.Store.Embedded;
using Banyan.Store.Offline;
using Banyan.Testing;

namespace Banyan.Store.Tests;

public sealed class EmbeddedStoreFaultTests
{
    [Fact]
    public async Task Store_on_a_full_disk_refuses_writes_keeps_reading_and_recovers()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files, segment: 1 << 20);
        var last = (await store.CommitAsync(StoreModel.Put("a", "1"), default)).Revision;
        files.Free = 10;
        var refused = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("a", "2"), default));
        Assert.Equal((StoreError.NoSpace, false), (refused.Error, refused.MaybeDone));
        await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("new", "2"), default));
        await Assert.ThrowsAsync<StoreException>(async () => await store.GrantLeaseAsync(TimeSpan.FromSeconds(9), 3, default));
        Assert.Equal(["a=1"], await StoreModel.Pairs(store));
        Assert.Equal(last, (await store.StatusAsync(default)).Revision);
        files.Free = long.MaxValue;
        Assert.Equal(last + 1, (await store.CommitAsync(StoreModel.Put("b", "1"), default)).Revision);
        await store.GrantLeaseAsync(TimeSpan.FromSeconds(9), 3, default);
        await store.DisposeAsync();
        Assert.Equal(["a=1", "b=1"], await StoreModel.Pairs(StoreModel.Open(files.Copy())));
    }

    [Fact]
    public async Task Store_whose_write_failed_undoes_deletes_and_leases_too()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files, segment: 1 << 20);
        await store.GrantLeaseAsync(TimeSpan.FromSeconds(9), 3, default);
        await store.CommitAsync(StoreModel.Put("bound", "1", 3), default);
        var last = (await store.CommitAsync(StoreModel.Put("a", "1"), default)).Revision;
        files.FailWrites = true;
        foreach (var write in new Func<Task>[]
        {
            async () => await store.RevokeLeaseAsync(3, default),
            async () => await store.CommitAsync(StoreModel.Put("a", "2", 3), default),
            async () => await store.CommitAsync(StoreModel.Put("bound", "2"), default),
            async () => await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Delete(KeyRange.All)), default),
        })
        {
            Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(write)).Error);
            Assert.Equal(["a=1", "bound=1"], await StoreModel.Pairs(store));
            Assert.Equal([(StoreKey)"bound"], (await store.GetLeaseAsync(3, default)).Keys);
            Assert.Equal(2, (await store.StatusAsync(default)).Keys);
        }

        files.FailWrites = false;
        await store.RevokeLeaseAsync(3, default);
        Assert.Equal(["a=1"], await StoreModel.Pairs(store));
        Assert.Equal(last + 1, (await store.StatusAsync(default)).Revision);
    }

    [Fact]
    public async Task Store_whose_write_failed_tells_every_commit_of_a_batch_and_does_none()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files, segment: 1 << 20);
        await store.CommitAsync(StoreModel.Put("a", "1"), default);
        files.FailWrites = true;
        var failed = await store.CommitEachAsync([StoreModel.Put("a", "2"), StoreModel.Put("b", "2"), StoreModel.Put("c", "2", 99)], default);
        Assert.Equal([StoreError.Unavailable, StoreError.Unavailable, StoreError.Unavailable], failed.Select(outcome => outcome.Error!.Error));
        Assert.Equal(["a=1"], await StoreModel.Pairs(store));

        files.FailWrites = false;
        var done = await store.CommitEachAsync([StoreModel.Put("a", "3"), StoreModel.Put("b", "3"), StoreModel.Put("c", "3", 99)], default);
        Assert.Equal([true, true, null], done.Select(outcome => outcome.Result?.Succeeded));
        Assert.Equal(StoreError.LeaseNotFound, done[2].Error!.Error);
        await store.DisposeAsync();
        Assert.Equal(["a=3", "b=3"], await StoreModel.Pairs(StoreModel.Open(files.Copy())));
        await Assert.ThrowsAsync<StoreException>(async () => await store.CommitEachAsync([StoreModel.Put("a", "4"), StoreModel.Put("b", "4")], default));
    }

    [Fact]
    public async Task Store_that_cannot_cut_its_tail_refuses_writes_until_it_can()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files, segment: 1 << 20);
        await store.CommitAsync(StoreModel.Put("a", "1"), default);
        (files.FailWrites, files.FailTruncation) = (true, true);
        await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("lost", new string('x', 500)), default));
        files.FailWrites = false;
        await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("b", "1"), default));
        files.FailTruncation = false;
        await store.CommitAsync(StoreModel.Put("c", "1"), default);
        Assert.Equal(["a=1", "c=1"], await StoreModel.Pairs(StoreModel.Open(files.Copy())));
    }

    [Fact]
    public async Task Store_after_a_failed_sync_never_writes_again_until_it_is_opened_anew()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files);
        await store.CommitAsync(StoreModel.Put("a", "1"), default);
        files.FailSyncs = true;
        var first = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("b", "1"), default));
        Assert.Equal((StoreError.Unavailable, true), (first.Error, first.MaybeDone));
        files.FailSyncs = false;
        var second = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("c", "1"), default));
        Assert.Equal((StoreError.Unavailable, false), (second.Error, second.MaybeDone));
        Assert.Equal(["a=1"], await StoreModel.Pairs(store));
        Assert.DoesNotContain("c=1", await StoreModel.Pairs(StoreModel.Open(files.Copy())));
    }

    [Fact]
    public async Task Store_with_any_byte_altered_refuses_to_open_or_loses_only_the_last_record()
    {
        var files = new SimulatedFiles();
        var model = new StoreModel();
        var store = StoreModel.Open(files);
        var last = await model.RunAsync(store, 25);
        await store.DisposeAsync();
        var lastSegment = files.Names.Where(n => n.EndsWith(".log", StringComparison.Ordinal)).Max();
        int refused = 0, cut = 0;
        foreach (var name in files.Names)
        {
            for (var i = 0; i < files[name].Length; i++)
            {
                var altered = files.Copy();
                altered[name][i] ^= 0x5A;
                try
                {
                    await using var opened = StoreModel.Open(altered);
                    var revision = (await opened.StatusAsync(default)).Revision;
                    Assert.True(name == lastSegment && opened.RecoveredTornBytes > 0, $"{name} altered at {i} went unnoticed");
                    Assert.InRange(revision, last - 1, last);
                    Assert.Equal(model.PairsAt(revision), await StoreModel.Pairs(opened));
                    cut++;
                }
                catch (StoreException e)
                {
                    Assert.True(e.Error is StoreError.Corrupt or StoreError.NewerFormat, e.Message);
                    Assert.Contains(name, e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }

        Assert.True(refused > 500);
        Assert.InRange(cut, 1, 400);
    }

    [Fact]
    public async Task Store_with_a_file_cut_short_opens_only_when_it_is_the_last_segment()
    {
        var files = new SimulatedFiles();
        var model = new StoreModel();
        var store = StoreModel.Open(files);
        await model.RunAsync(store, 28);
        await store.DisposeAsync();
        var lastSegment = files.Names.Where(n => n.EndsWith(".log", StringComparison.Ordinal)).Max();
        foreach (var name in files.Names)
        {
            for (var length = 0; length < files[name].Length; length++)
            {
                var cut = files.Copy();
                cut[name] = cut[name][..length];
                try
                {
                    await using var opened = StoreModel.Open(cut);
                    Assert.True(name == lastSegment && length >= RecordFormat.HeaderLength, $"{name} cut to {length} went unnoticed");
                    Assert.Equal(model.PairsAt((await opened.StatusAsync(default)).Revision), await StoreModel.Pairs(opened));
                }
                catch (StoreException e)
                {
                    Assert.Equal(StoreError.Corrupt, e.Error);
                }
            }
        }
    }

    [Fact]
    public async Task Store_with_any_file_missing_refuses_to_open()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files);
        await new StoreModel().RunAsync(store, 29);
        await store.DisposeAsync();
        Assert.True(files.Names.Count > 3);
        foreach (var name in files.Names.Order().SkipLast(2))
        {
            var without = files.Copy();
            without.Remove(name);
            Assert.Equal(StoreError.Corrupt, Assert.Throws<StoreException>(() => StoreModel.Open(without)).Error);
        }
    }

    [Theory]
    [InlineData(".log")]
    [InlineData(".snap")]
    public async Task Store_of_a_newer_version_is_refused_as_such(string ending)
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files);
        await new StoreModel().RunAsync(store, 25);
        await store.DisposeAsync();
        files[files.Names.Last(n => n.EndsWith(ending, StringComparison.Ordinal))][8] = 2;
        Assert.Equal(StoreError.NewerFormat, Assert.Throws<StoreException>(() => StoreModel.Open(files.Copy())).Error);
        var fault = Assert.Single(StoreVerifier.Verify("dir", files.Copy()).Faults);
        Assert.Equal(StoreError.NewerFormat, fault.Error);
    }

    [Fact]
    public async Task Store_that_is_open_is_locked_and_the_message_names_the_holder()
    {
        using var directory = new TempDirectory();
        var store = await EmbeddedStore.OpenAsync(directory["s"], new EmbeddedStoreOptions(), TimeProvider.System, default);
        var refused = await Assert.ThrowsAsync<StoreException>(() => EmbeddedStore.OpenAsync(directory["s"], new EmbeddedStoreOptions(), TimeProvider.System, default));
        Assert.Equal(StoreError.Locked, refused.Error);
        Assert.Contains($"{Environment.ProcessId} ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StoreError.Locked, Assert.Throws<StoreException>(() => StoreVerifier.Verify(directory["s"])).Error);
        await store.DisposeAsync();
        await (await EmbeddedStore.OpenAsync(directory["s"], new EmbeddedStoreOptions(), TimeProvider.System, default)).DisposeAsync();
    }

    [Fact]
    public async Task Store_in_a_place_that_cannot_be_written_says_so()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["file"], "x");
        var refused = await Assert.ThrowsAsync<StoreException>(
            () => EmbeddedStore.OpenAsync(Path.Combine(directory["file"], "s"), new EmbeddedStoreOptions(), TimeProvider.System, default));
        Assert.Equal(StoreError.Inaccessible, refused.Error);
    }
}
