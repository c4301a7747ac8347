using Banyan.Store.Mvcc;

namespace Banyan.Store.Memory;

/// <summary>A store that lives in memory and is gone with its process: for tests and for programs that need no durability.</summary>
public sealed class MemoryStore : IStore
{
    private readonly MvccEngine _engine;

    /// <param name="clock">Time for leases.</param>
    public MemoryStore(TimeProvider clock)
        : this(clock, 100_000)
    {
    }

    /// <param name="clock">Time for leases.</param>
    /// <param name="historyRevisions">History is compacted by itself to about this many revisions; 0 = never.</param>
    public MemoryStore(TimeProvider clock, long historyRevisions) =>
        _engine = new MvccEngine(clock, new NoCommitLog(), new EngineLimits(historyRevisions, 1 << 20), new EngineState());

    /// <inheritdoc/>
    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(_engine.Range(query));
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => _engine.CommitAsync(transaction, cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CommitOutcome>> CommitEachAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation) =>
        _engine.CommitEachAsync(transactions, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => _engine.Watch(query, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) =>
        _engine.GrantAsync(timeToLive, id, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => new(_engine.Renew(id));

    /// <inheritdoc/>
    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => _engine.RevokeAsync(id, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => new(_engine.GetLease(id));

    /// <inheritdoc/>
    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => _engine.CompactAsync(revision, cancellation);

    /// <inheritdoc/>
    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => new(_engine.Status("memory", "in this process"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
