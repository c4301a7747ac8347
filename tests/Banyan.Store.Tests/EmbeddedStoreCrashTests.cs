using Banyan.Store.Embedded;

namespace Banyan.Store.Tests;

public sealed class EmbeddedStoreCrashTests
{
    private const int Writes = 33;

    public static TheoryData<int> Slices => [.. Enumerable.Range(0, 8)];

    /// <summary>The power goes off at every single step of a run; whatever of the unsynced bytes survived, the store opens with exactly what was acknowledged, or one more.</summary>
    [Theory]
    [MemberData(nameof(Slices))]
    public async Task Store_after_power_loss_at_any_step_holds_what_was_acknowledged(int slice)
    {
        var whole = new SimulatedFiles();
        var dry = StoreModel.Open(whole);
        await new StoreModel().RunAsync(dry, Writes);
        await dry.DisposeAsync();
        Assert.True(whole.Steps > 100);
        for (var step = 2 + slice; step <= whole.Steps + 5; step += 8)
        {
            for (var seed = 0; seed < 4; seed++)
            {
                await CrashAsync(step, seed);
            }
        }
    }

    [Fact]
    public async Task Store_after_kill_holds_every_acknowledged_write()
    {
        var files = new SimulatedFiles();
        var model = new StoreModel();
        var acknowledged = await model.RunAsync(StoreModel.Open(files), Writes);
        var reopened = StoreModel.Open(files.Copy());
        Assert.Equal(acknowledged, (await reopened.StatusAsync(default)).Revision);
        Assert.Equal(model.PairsAt(acknowledged), await StoreModel.Pairs(reopened));
    }

    [Fact]
    public async Task Store_keeps_leases_and_their_keys_over_a_restart()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files);
        await store.GrantLeaseAsync(TimeSpan.FromSeconds(9), 5, default);
        await store.GrantLeaseAsync(TimeSpan.FromSeconds(9), 6, default);
        await store.CommitAsync(StoreModel.Put("bound", "1", 5), default);
        var last = (await store.CommitAsync(StoreModel.Put("free", "1"), default)).Revision;
        await store.RevokeLeaseAsync(6, default);
        await store.DisposeAsync();
        var clock = new Banyan.Testing.ManualClock();
        var reopened = EmbeddedStore.Open("dir", new EmbeddedStoreOptions(), clock, files.Copy());
        var lease = await reopened.GetLeaseAsync(5, default);
        Assert.Equal((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9)), (lease.TimeToLive, lease.Remaining));
        Assert.Equal([(StoreKey)"bound"], lease.Keys);
        Assert.Equal(StoreError.LeaseNotFound, (await Assert.ThrowsAsync<StoreException>(async () => await reopened.GetLeaseAsync(6, default))).Error);
        clock.Advance(TimeSpan.FromSeconds(10));
        await Banyan.Testing.Eventually.True(async () => (await StoreModel.Pairs(reopened)) is ["free=1"], "the lease expires");
        Assert.Equal(last + 1, (await reopened.StatusAsync(default)).Revision);
    }

    [Fact]
    public async Task Store_keeps_history_over_a_restart()
    {
        var files = new SimulatedFiles();
        var model = new StoreModel();
        var store = StoreModel.Open(files);
        var last = await model.RunAsync(store, 25);
        var compacted = (await store.StatusAsync(default)).CompactedRevision;
        await store.DisposeAsync();
        var reopened = StoreModel.Open(files.Copy());
        Assert.Equal(compacted, (await reopened.StatusAsync(default)).CompactedRevision);
        for (var revision = compacted; revision <= last; revision++)
        {
            Assert.Equal(model.PairsAt(revision), await StoreModel.Pairs(reopened, revision));
        }

        Assert.Equal(StoreError.Compacted, (await Assert.ThrowsAsync<StoreException>(() => StoreModel.Pairs(reopened, compacted - 1))).Error);
    }

    [Fact]
    public async Task Store_snapshot_lets_old_segments_go()
    {
        var files = new SimulatedFiles();
        var store = StoreModel.Open(files);
        for (var i = 0; i < 200; i++)
        {
            await store.CommitAsync(StoreModel.Put($"k{i % 3}", new string('x', 100)), default);
        }

        var before = files.Names.Count(n => n.EndsWith(".log", StringComparison.Ordinal));
        await store.CompactAsync(200, default);
        await store.SnapshotAsync();
        Assert.True(before > 20);
        Assert.InRange(files.Names.Count(n => n.EndsWith(".log", StringComparison.Ordinal)), 1, 2);
        Assert.Single(files.Names, n => n.EndsWith(".snap", StringComparison.Ordinal));

        // The compaction may have set off a snapshot of its own, whose file is still being written.
        await Banyan.Testing.Eventually.True(async () => files.Length == (await store.StatusAsync(default)).SizeOnDisk, "the size is that of the files");
    }

    private static async Task CrashAsync(int step, int seed)
    {
        var files = new SimulatedFiles { CrashAt = step };
        var model = new StoreModel();
        var acknowledged = 1L;
        try
        {
            acknowledged = await model.RunAsync(StoreModel.Open(files), Writes);
        }
        catch (StoreException e) when (e.Error == StoreError.Inaccessible)
        {
            // The power went off while the store was being made.
        }

        var after = files.AfterCrash(new Random((step * 31) + seed));
        await using var store = StoreModel.Open(after);
        var revision = (await store.StatusAsync(default)).Revision;
        Assert.True(revision == acknowledged || revision == acknowledged + 1, $"step {step}, seed {seed}: acknowledged {acknowledged}, found {revision}");
        Assert.Equal(model.PairsAt(revision), await StoreModel.Pairs(store));
        var next = await store.CommitAsync(StoreModel.Put("again", "1"), default);
        Assert.Equal(revision + 1, next.Revision);
    }
}
