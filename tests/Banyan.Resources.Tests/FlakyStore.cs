using System.Runtime.CompilerServices;
using Banyan.Store;
using Banyan.Store.Tests;

namespace Banyan.Resources.Tests;

/// <summary>A real store whose reads and watches fail when a test says so.</summary>
internal sealed class FlakyStore(IStore inner) : WrappedStore(inner)
{
    private volatile CancellationTokenSource _cut = new();

    /// <summary>While set, every read and watch fails with it.</summary>
    public volatile StoreException? Fails;

    public int Lists;

    /// <summary>Breaks every open watch with an error.</summary>
    public void CutWatches(StoreException error)
    {
        Fails = error;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    public override ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        Interlocked.Increment(ref Lists);
        return Fails is { } error ? throw error : Inner.RangeAsync(query, cancellation);
    }

    public override async IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cut = _cut.Token;
        if (Fails is { } now)
        {
            throw now;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cut);
        await using var batches = Inner.WatchAsync(query, linked.Token).GetAsyncEnumerator(linked.Token);
        while (true)
        {
            try
            {
                if (!await batches.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw Fails ?? new StoreException(StoreError.Unavailable, "cut");
            }

            yield return batches.Current;
        }
    }
}
