using Banyan.Store;

namespace Banyan.Registry.Tests;

/// <summary>A real store that can be made to refuse what is committed to it, as one that lost its disk or its connection does.</summary>
internal sealed class BrokenStore(IStore inner) : IStore
{
    public volatile bool Away;

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) =>
        Away ? throw new StoreException(StoreError.Unavailable, "The store is away.") : inner.CommitAsync(transaction, cancellation);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => inner.RangeAsync(query, cancellation);

    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => inner.WatchAsync(query, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) => inner.GrantLeaseAsync(timeToLive, id, cancellation);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => inner.RenewLeaseAsync(id, cancellation);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
