using Banyan.Store;

namespace Banyan.Conformance.Registry;

/// <summary>A store whose registrations cannot be read until a test opens it; everything else works. Leaves the store inside alone when it ends.</summary>
internal sealed class ClosedStore(IStore inner) : IStore
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _opened.TrySetResult();

    public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        if (query.Range.Start.ToString().StartsWith("/registry/", StringComparison.Ordinal))
        {
            await _opened.Task.WaitAsync(cancellation);
        }

        return await inner.RangeAsync(query, cancellation);
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => inner.WatchAsync(query, cancellation);

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => inner.CommitAsync(transaction, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) => inner.GrantLeaseAsync(timeToLive, id, cancellation);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => inner.RenewLeaseAsync(id, cancellation);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        Open();
        return ValueTask.CompletedTask;
    }
}
