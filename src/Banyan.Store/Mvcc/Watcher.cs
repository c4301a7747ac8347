using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Banyan.Store.Mvcc;

/// <summary>One watch: a short queue while it keeps up, its own position in history while it does not.</summary>
internal sealed class Watcher(WatchHub hub, WatchQuery query, long position)
{
    /// <summary>Batches that wait for a synced watcher before it is set aside.</summary>
    private const int QueueLength = 16;

    private readonly Channel<WatchBatch> _queue =
        Channel.CreateBounded<WatchBatch>(new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public WatchQuery Query { get; } = query;

    /// <summary>Everything up to here has been told or did not concern it. While synced it grows with what the hub offers.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The revision of the newest batch it was given; -1 = none yet.</summary>
    public long ToldRevision { get; private set; } = -1;

    /// <summary>True while it reads history by itself. Changed under the hub's lock.</summary>
    public bool Lagging { get; set; } = true;

    /// <summary>Gives it a batch; false when it has too many. Under the hub's lock.</summary>
    public bool Offer(WatchBatch batch)
    {
        if (!_queue.Writer.TryWrite(batch))
        {
            return false;
        }

        ToldRevision = batch.Revision;
        Position = Math.Max(Position, batch.Revision);
        return true;
    }

    /// <summary>
    /// Sets it aside: after its queue is empty, it reads history from its position, which is at least where the hub was: all before was offered or did not
    /// concern it. Under the hub's lock.
    /// </summary>
    public void Lag(long hubPosition)
    {
        Position = Math.Max(Position, hubPosition);
        Lagging = true;

        // Wakes a reader that emptied its queue just now.
        _queue.Writer.TryWrite(Wake);
    }

    public void End(StoreException reason) => _queue.Writer.TryComplete(reason);

    public async IAsyncEnumerable<WatchBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var chunk = new VersionChange[WatchHub.BatchRevisions][];
        try
        {
            while (true)
            {
                while (_queue.Reader.TryRead(out var batch))
                {
                    if (batch != Wake)
                    {
                        yield return batch;
                        cancellation.ThrowIfCancellationRequested();
                    }
                }

                if (!Lagging)
                {
                    await WaitAsync(cancellation);
                    continue;
                }

                cancellation.ThrowIfCancellationRequested();
                var count = hub.ReadHistory(Position, chunk);
                if (count == 0)
                {
                    hub.TryJoin(this);
                    continue;
                }

                var last = Position + count;
                var caught = WatchBatches.Build(chunk.AsSpan(0, count), last, Query.Range, Query.IncludePrevious);
                Array.Clear(chunk);
                Position = last;
                if (caught is not null)
                {
                    ToldRevision = last;
                    yield return caught;
                }
            }
        }
        finally
        {
            hub.Leave(this);
        }
    }

    private static WatchBatch Wake { get; } = new(0, []);

    private async ValueTask WaitAsync(CancellationToken cancellation)
    {
        if (!await _queue.Reader.WaitToReadAsync(cancellation))
        {
            await _queue.Reader.Completion;
        }
    }
}
