using Banyan.Store.Mvcc;

namespace Banyan.Store;

/// <summary>A store in this process: <see cref="Memory.MemoryStore"/> and <see cref="Embedded.EmbeddedStore"/> differ only in where commits are kept.</summary>
public abstract class LocalStore : IStore
{
    private readonly string _kind;
    private readonly string _place;

    /// <param name="engine">Owned from now on.</param>
    /// <param name="kind">The engine's name in <see cref="StoreStatus.Engine"/>.</param>
    /// <param name="place">Where the data are, for <see cref="StoreStatus.Detail"/>.</param>
    private protected LocalStore(MvccEngine engine, string kind, string place)
    {
        Engine = engine;
        _kind = kind;
        _place = place;
    }

    private protected MvccEngine Engine { get; }

    /// <inheritdoc/>
    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(Engine.Range(query));
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => Engine.CommitAsync(transaction, cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CommitOutcome>> CommitEachAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation) =>
        Engine.CommitEachAsync(transactions, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => Engine.Watch(query, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) =>
        Engine.GrantAsync(timeToLive, id, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => new(Engine.Renew(id));

    /// <inheritdoc/>
    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => Engine.RevokeAsync(id, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => new(Engine.GetLease(id));

    /// <inheritdoc/>
    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => Engine.CompactAsync(revision, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => new(Engine.Status(_kind, _place));

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
