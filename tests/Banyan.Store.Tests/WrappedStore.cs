namespace Banyan.Store.Tests;

/// <summary>A store that hands everything on to another, which it owns; what a test needs otherwise it overrides. Linked into other test projects.</summary>
internal abstract class WrappedStore(IStore inner) : IStore
{
    protected IStore Inner => inner;

    public virtual ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => inner.RangeAsync(query, cancellation);

    public virtual ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => inner.CommitAsync(transaction, cancellation);

    public virtual IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => inner.WatchAsync(query, cancellation);

    public virtual ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) =>
        inner.GrantLeaseAsync(timeToLive, id, cancellation);

    public virtual ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => inner.RenewLeaseAsync(id, cancellation);

    public virtual ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public virtual ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public virtual ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public virtual ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public virtual ValueTask DisposeAsync() => inner.DisposeAsync();
}
