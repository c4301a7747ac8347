using Banyan.Store;
using Banyan.Store.Tests;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A store that can be away, or do what it is asked and not be heard.</summary>
internal sealed class FailingStore(IStore inner) : WrappedStore(inner)
{
    public bool Away { get; set; }

    public bool LosesAnswers { get; set; }

    public override ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation) => AskAsync(() => Inner.RangeAsync(query, cancellation));

    public override ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) => AskAsync(() => Inner.CommitAsync(transaction, cancellation), write: true);

    public override ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation) =>
        AskAsync(() => Inner.GrantLeaseAsync(timeToLive, id, cancellation), write: true);

    public override ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) => AskAsync(() => Inner.RenewLeaseAsync(id, cancellation), write: true);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
