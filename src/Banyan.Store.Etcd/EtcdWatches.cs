using System.Runtime.CompilerServices;
using Banyan.Grpc;
using Banyan.Grpc.Sharing;
using Banyan.Store.Etcd.Protocol;

namespace Banyan.Store.Etcd;

/// <summary>All watches of one client on one etcd watch stream.</summary>
internal sealed class EtcdWatches : IAsyncDisposable
{
    private readonly EtcdMembers _members;
    private readonly SharedDuplexCall<WatchRequest, WatchResponse, WatchBatch> _call;
    private Uri _address;

    public EtcdWatches(EtcdMembers members)
    {
        _members = members;
        _address = members.Current.Address;
        _call = new SharedDuplexCall<WatchRequest, WatchResponse, WatchBatch>(
            Open,
            id => new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } },
            Dispatch,
            Lost);
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = query.AfterRevision;
        var batches = _call.ReadAsync(
            id => new WatchRequest
            {
                CreateRequest = new WatchCreateRequest
                {
                    WatchId = id,
                    Key = EtcdMessages.StartOf(query.Range),
                    RangeEnd = EtcdMessages.EndOf(query.Range),
                    StartRevision = seen == 0 ? 0 : seen + 1,
                    PrevKv = query.IncludePrevious,
                    ProgressNotify = query.Progress,
                },
            },
            cancellation);
        await foreach (var batch in batches)
        {
            seen = Math.Max(seen, batch.Revision);
            if (batch.Events.Count > 0 || query.Progress)
            {
                yield return batch;
            }
        }
    }

    public ValueTask DisposeAsync() => _call.DisposeAsync();

    private static void Dispatch(WatchResponse response, Func<long, SharedSubscription<WatchBatch>?> find)
    {
        if (find(response.WatchId) is not { } subscription)
        {
            return;
        }

        if (response.Canceled)
        {
            subscription.End(response.CompactRevision > 0
                ? new StoreException(StoreError.Compacted, $"Changes up to revision {response.CompactRevision} have been compacted. Read again and watch from there.")
                {
                    CompactedRevision = response.CompactRevision,
                }
                : new StoreException(StoreError.Unavailable, $"etcd cancelled the watch: {response.CancelReason}. Watch again after the last revision seen."));
            return;
        }

        if (response.Created)
        {
            subscription.Begin();
            return;
        }

        subscription.Offer(new WatchBatch(
            response.Events.Count > 0 ? response.Events[^1].Kv.ModRevision : response.Header.Revision,
            [.. response.Events.Select(EtcdMessages.FromEtcd)]));
    }

    private GrpcDuplexCall<WatchRequest, WatchResponse> Open()
    {
        var (address, channel) = _members.Current;
        _address = address;

        // A member cut off from the leader ends the stream instead of going silent.
        return channel.Duplex(EtcdMethods.Watch, new GrpcCallOptions { Metadata = new GrpcMetadata { { "hasleader", "true" } } }, CancellationToken.None);
    }

    private StoreException Lost(Exception? failure)
    {
        _members.Leave(_address);
        return new StoreException(
            StoreError.Unavailable,
            $"etcd at {_address} ended the watch stream ({failure?.Message ?? "closed"}). Watch again after the last revision seen.",
            failure);
    }
}
