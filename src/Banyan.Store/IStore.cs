namespace Banyan.Store;

/// <summary>
/// An ordered key space under one 64-bit revision, with etcd's semantics so that the mapping onto etcd is one to one. A fresh store is at revision 1; each
/// commit that changes anything makes exactly one new revision. All engines pass the same conformance suite. Safe for concurrent use.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Reads keys in ascending order at one revision. Linearizable: sees every commit acknowledged before the call.</summary>
    /// <exception cref="StoreException">Compacted, FutureRevision, Unavailable.</exception>
    ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation);

    /// <summary>Commits a transaction; when it returns, the change is durable and visible to every read.</summary>
    /// <exception cref="StoreException">Invalid, LeaseNotFound, NoSpace, Unavailable (see <see cref="StoreException.MaybeDone"/>).</exception>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation);

    /// <summary>
    /// Commits several transactions as if by as many callers at a time: each has an outcome of its own, and none waits for another. Returns when all have one.
    /// Cheaper than so many calls where an engine can put them into one write.
    /// </summary>
    /// <returns>Their outcomes, in the order of the transactions.</returns>
    ValueTask<IReadOnlyList<CommitOutcome>> CommitEachAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation) =>
        CommitOutcome.OfEachAsync(this, transactions, cancellation);

    /// <summary>
    /// Every change in the range after a revision: ordered, gapless, deletes included, all changes of one revision in one batch. The first batch may be a
    /// progress mark. A slow watcher never holds writers back; it is caught up from history, and gets Compacted when history is gone. Ends only by
    /// cancellation or with an exception.
    /// </summary>
    /// <exception cref="StoreException">Compacted (with the oldest possible start), Unavailable (connection lost: watch again after the last revision seen).</exception>
    IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation);

    /// <summary>Grants a lease. When it expires, its keys are deleted in one revision, through the ordinary write path.</summary>
    /// <param name="timeToLive">Whole seconds are kept, rounded up, at least 1. Counting starts again when a store restarts.</param>
    /// <param name="id">A number of the caller's choice, 0 = the store chooses.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StoreException">LeaseExists, Unavailable.</exception>
    ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation);

    /// <summary>Starts a lease's time again.</summary>
    /// <exception cref="StoreException">LeaseNotFound, Unavailable.</exception>
    ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation);

    /// <summary>Ends a lease and deletes its keys in one revision.</summary>
    /// <exception cref="StoreException">LeaseNotFound, Unavailable.</exception>
    ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation);

    /// <summary>Tells of a lease, with its keys.</summary>
    /// <exception cref="StoreException">LeaseNotFound, Unavailable.</exception>
    ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation);

    /// <summary>Forgets history before a revision: the newest entry of each key at that revision stays readable, older ones do not.</summary>
    /// <exception cref="StoreException">Compacted (already further), FutureRevision, Unavailable.</exception>
    ValueTask CompactAsync(long revision, CancellationToken cancellation);

    /// <summary>What the store says of itself.</summary>
    /// <exception cref="StoreException">Unavailable.</exception>
    ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation);
}
