using Banyan.Store;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A store that can be away, or do what it is asked and not be heard.</summary>
internal sealed class FailingStore(IStore inner) : IStore
{
    public bool Away { get; set; }

    public bool LosesAnswers { get; set; }

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => AskAsync(() => inner.RangeAsync(query, cancellation));

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => AskAsync(() => inner.CommitAsync(transaction, cancellation), write: true);

    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => inner.WatchAsync(query, cancellation);

    public ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) =>
        AskAsync(() => inner.GrantLeaseAsync(timeToLive, id, cancellation), write: true);

    public ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => AskAsync(() => inner.RenewLeaseAsync(id, cancellation), write: true);

    public ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) => inner.RevokeLeaseAsync(id, cancellation);

    public ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) => inner.GetLeaseAsync(id, cancellation);

    public ValueTask CompactAsync(long revision, CancellationToken cancellation) => inner.CompactAsync(revision, cancellation);

    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation) => inner.StatusAsync(cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> AskAsync<T>(Func<ValueTask<T>> ask, bool write = false)
    {
        if (Away)
        {
            throw new StoreException(StoreError.Unavailable, "The store is away.");
        }

        var answer = await ask();
        return write && LosesAnswers ? throw new StoreException(StoreError.Unavailable, "No answer came.") { MaybeDone = true } : answer;
    }
}
