using Banyan.Store;
using Banyan.Store.Tests;

namespace Banyan.Registry.Tests;

/// <summary>A real store that can be made to refuse what is committed to it, as one that lost its disk or its connection does.</summary>
internal sealed class BrokenStore(IStore inner) : WrappedStore(inner)
{
    public volatile bool Away;

    public override ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) =>
        Away ? throw new StoreException(StoreError.Unavailable, "The store is away.") : Inner.CommitAsync(transaction, cancellation);
}
