using Banyan.Store;

namespace Banyan.Storage.Engines;

/// <summary>
/// The store other parts hold from the moment the process is composed; the engine is opened when the module starts, before anything that requires it.
/// </summary>
internal sealed class OpenedStore : IStore
{
    private volatile IStore? _engine;

    private IStore Engine =>
        _engine ?? throw new StoreException(StoreError.Unavailable, "The store is not open: the module 'store' has not started or has stopped. Try again when /readyz says so.");

    public void Open(IStore engine) => _engine = engine;

    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _engine, null) is { } engine)
        {
            await engine.DisposeAsync();
        }
    }

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => Engine.RangeAsync(query, cancellation);

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => Engine.CommitAsync(transaction, cancellation);

    public ValueTask<IReadOnlyList<CommitOutcome>> CommitEachAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation) =>
        Engine.CommitEachAsync(transactions, cancellation);

    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => Engine.WatchAsync(query, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) => Engine.GrantLeaseAsync(timeToLive, id, cancellation);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => Engine.RenewLeaseAsync(id, cancellation);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => Engine.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => Engine.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => Engine.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => Engine.StatusAsync(cancellation);

    public async ValueTask DisposeAsync() => await CloseAsync();
}
