using System.Runtime.CompilerServices;
using Banyan.Store;
using Banyan.Store.Tests;

namespace Banyan.Api.Tests;

/// <summary>A store whose lists of a prefix and whose news reach their reader only when the test says so. The one behind it stays the test's.</summary>
internal sealed class BehindStore(IStore inner) : WrappedStore(inner)
{
    private readonly SemaphoreSlim _lists = new(0);
    private readonly SemaphoreSlim _batches = new(0);
    private int _listed;
    private int _heard;
    private int _told;

    /// <summary>Lists that were read and are held back, or were.</summary>
    public int Listed => Volatile.Read(ref _listed);

    /// <summary>Batches of news that are held back, or were.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Batches whose reader has come back for the next.</summary>
    public int Told => Volatile.Read(ref _told);

    public void ReleaseList() => _lists.Release();

    public void ReleaseBatch() => _batches.Release();

    public override async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        var result = await Inner.RangeAsync(query, cancellation);
        if (!query.Range.IsSingle)
        {
            Interlocked.Increment(ref _listed);
            await _lists.WaitAsync(cancellation);
        }

        return result;
    }

    public override async IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in Inner.WatchAsync(query, cancellation))
        {
            if (batch.Events.Count == 0)
            {
                yield return batch;
                continue;
            }

            Interlocked.Increment(ref _heard);
            await _batches.WaitAsync(cancellation);
            yield return batch;
            Interlocked.Increment(ref _told);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _lists.Dispose();
        _batches.Dispose();
        return ValueTask.CompletedTask;
    }
}
