using System.Runtime.CompilerServices;
using Banyan.Contracts.Store.V1;
using Banyan.Grpc;
using Banyan.Grpc.Sharing;
using Batch = Banyan.Store.WatchBatch;

namespace Banyan.Store.Remote;

/// <summary>All watches of one client on one stream of <c>banyan.store.v1.Store/Watch</c>.</summary>
internal sealed class RemoteWatches(GrpcChannel channel) : IAsyncDisposable
{
    private readonly SharedDuplexCall<WatchRequest, WatchResponse, Batch> _call = new(
        () => channel.Duplex(StoreMethods.Watch, null, CancellationToken.None),
        id => new WatchRequest { Cancel = id },
        Dispatch,
        failure => failure is null
            ? new StoreException(StoreError.Unavailable, $"The store at {channel.Address} ended the watch stream. Watch again after the last revision seen.")
            : StoreErrors.FromWire(failure, channel.Address, write: false));

    public async IAsyncEnumerable<Batch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = query.AfterRevision;
        var batches = _call.ReadAsync(
            id => new WatchRequest
            {
                Create = new CreateWatch
                {
                    WatchId = id,
                    Range = StoreMessages.ToWire(query.Range),
                    AfterRevision = seen,
                    IncludePrevious = query.IncludePrevious,
                    Progress = query.Progress,
                },
            },
            cancellation);
        await foreach (var batch in batches)
        {
            if (Trim(batch, seen) is { } fresh)
            {
                seen = fresh.Revision;
                if (fresh.Events.Count > 0 || query.Progress)
                {
                    yield return fresh;
                }
            }
        }
    }

    public ValueTask DisposeAsync() => _call.DisposeAsync();

    /// <summary>The part of a batch that is news to a watch that has seen this revision, or null.</summary>
    private static Batch? Trim(Batch batch, long seen)
    {
        if (batch.Revision < seen || (batch.Revision == seen && batch.Events.Count > 0))
        {
            return null;
        }

        return batch.Events.Count == 0 || batch.Events[0].Entry.ModRevision > seen
            ? batch
            : batch with { Events = [.. batch.Events.Where(change => change.Entry.ModRevision > seen)] };
    }

    private static void Dispatch(WatchResponse response, Func<long, SharedSubscription<Batch>?> find)
    {
        // Parsed once, shared by all it is for.
        var batch = response.KindCase == WatchResponse.KindOneofCase.Batch ? StoreMessages.FromWire(response.Batch) : null;
        foreach (var id in response.WatchIds)
        {
            if (find(id) is not { } subscription)
            {
                continue;
            }

            switch (response.KindCase)
            {
                case WatchResponse.KindOneofCase.CreatedAfter:
                    // The start itself is news: from here on the caller knows what it has seen.
                    subscription.Offer(new Batch(response.CreatedAfter, []));
                    subscription.Begin();
                    break;
                case WatchResponse.KindOneofCase.Batch:
                    subscription.Offer(batch!);
                    break;
                case WatchResponse.KindOneofCase.Ended:
                    subscription.End(StoreErrors.Read(response.Ended.Code, response.Ended.Message, response.Ended.CompactedRevision));
                    break;
                default:
                    break;
            }
        }
    }
}
