using Banyan.Store;
using Banyan.Store.Memory;
using Banyan.Store.Remote;
using Banyan.Store.Tests;

namespace Banyan.Conformance;

/// <summary>What an engine refuses with arrives at the other end of the wire as it was, whichever way it was asked.</summary>
public sealed class RemoteRefusalTests
{
    public static TheoryData<StoreError, bool> Refusals
    {
        get
        {
            var all = new TheoryData<StoreError, bool> { { StoreError.Unavailable, true } };
            foreach (var error in Enum.GetValues<StoreError>())
            {
                all.Add(error, false);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refusal_arrives_as_it_was_from_a_read_a_commit_and_a_watch(StoreError error, bool maybeDone)
    {
        var refusal = new StoreException(error, "Refused.") { MaybeDone = maybeDone, CompactedRevision = error == StoreError.Compacted ? 7 : 0 };
        await using var server = await StoreServer.StartAsync(new RefusingStore(refusal));
        await using var store = server.Connect();

        Assert.Equal(Told(refusal), Told(await RefusedAsync(async () => await store.RangeAsync(new RangeQuery(KeyRange.All), CancellationToken.None))));
        Assert.Equal(Told(refusal), Told(await RefusedAsync(async () => await WatchAsync(store))));

        // An outcome on the stream of commits has no place for a revision: no commit is refused as compacted.
        var commit = await RefusedAsync(async () => await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put("a", Array.Empty<byte>())), CancellationToken.None));
        Assert.Equal((error, "Refused.", 0, maybeDone), Told(commit));
    }

    private static (StoreError Error, string Message, long Compacted, bool MaybeDone) Told(StoreException refusal) =>
        (refusal.Error, refusal.Message, refusal.CompactedRevision, refusal.MaybeDone);

    private static Task<StoreException> RefusedAsync(Func<Task> call) => Assert.ThrowsAsync<StoreException>(call);

    private static async Task WatchAsync(RemoteStore store)
    {
        await foreach (var batch in store.WatchAsync(new WatchQuery(KeyRange.All) { AfterRevision = 1 }, CancellationToken.None))
        {
            Assert.Empty(batch.Events);
        }
    }

    /// <summary>Refuses all that is asked of it.</summary>
    private sealed class RefusingStore(StoreException refusal) : WrappedStore(new MemoryStore(TimeProvider.System))
    {
        public override ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => throw refusal;

        public override ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => throw refusal;

        public override IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => throw refusal;
    }
}
