using System.Runtime.CompilerServices;
using Banyan.Store;

namespace Banyan.Resources.Tests;

/// <summary>A real store whose reads and watches fail when a test says so.</summary>
internal sealed class FlakyStore(IStore inner) : IStore
{
    private volatile CancellationTokenSource _cut = new();

    /// <summary>While set, every read and watch fails with it.</summary>
    public volatile StoreException? Fails;

    public int Lists;

    /// <summary>Breaks every open watch with an error.</summary>
    public void CutWatches(StoreException error)
    {
        Fails = error;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        Interlocked.Increment(ref Lists);
        return Fails is { } error ? throw error : inner.RangeAsync(query, cancellation);
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cut = _cut.Token;
        if (Fails is { } now)
        {
            throw now;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cut);
        await using var batches = inner.WatchAsync(query, linked.Token).GetAsyncEnumerator(linked.Token);
        while (true)
        {
            try
            {
                if (!await batches.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw Fails ?? new StoreException(StoreError.Unavailable, "cut");
            }

            yield return batches.Current;
        }
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => inner.CommitAsync(transaction, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) => inner.GrantLeaseAsync(timeToLive, id, cancellation);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => inner.RenewLeaseAsync(id, cancellation);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
