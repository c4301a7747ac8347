using System.Runtime.CompilerServices;
using Banyan.Store;

namespace Banyan.Api.Tests;

/// <summary>A store whose lists of a prefix and whose news reach their reader only when the test says so.</summary>
internal sealed class BehindStore(IStore inner) : IStore
{
    private readonly SemaphoreSlim _lists = new(0);
    private readonly SemaphoreSlim _batches = new(0);
    private int _listed;
    private int _heard;
    private int _told;

    /// <summary>Lists that were read and are held back, or were.</summary>
    public int Listed => Volatile.Read(ref _listed);

    /// <summary>Batches of news that are held back, or were.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Batches whose reader has come back for the next.</summary>
    public int Told => Volatile.Read(ref _told);

    public void ReleaseList() => _lists.Release();

    public void ReleaseBatch() => _batches.Release();

    public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        var result = await inner.RangeAsync(query, cancellation);
        if (!query.Range.IsSingle)
        {
            Interlocked.Increment(ref _listed);
            await _lists.WaitAsync(cancellation);
        }

        return result;
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in inner.WatchAsync(query, cancellation))
        {
            if (batch.Events.Count == 0)
            {
                yield return batch;
                continue;
            }

            Interlocked.Increment(ref _heard);
            await _batches.WaitAsync(cancellation);
            yield return batch;
            Interlocked.Increment(ref _told);
        }
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => inner.CommitAsync(transaction, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) => inner.GrantLeaseAsync(timeToLive, id, cancellation);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => inner.RenewLeaseAsync(id, cancellation);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        _lists.Dispose();
        _batches.Dispose();
        return ValueTask.CompletedTask;
    }
}
