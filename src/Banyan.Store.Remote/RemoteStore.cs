using Banyan.Contracts;
using Banyan.Contracts.Store.V1;
using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>The store of another process, over gRPC, with the same semantics as the engine there.</summary>
public sealed class RemoteStore : IStore
{
    /// <summary>Largest transaction that travels together with others.</summary>
    private const int SharedBytes = 512 * 1024;

    private readonly GrpcChannel _channel;
    private readonly RemoteWatches _watches;
    private readonly RemoteCommits _commits;

    /// <summary>Makes the engine; connects with the first call.</summary>
    /// <param name="channel">The channel to the process with the module <c>store</c>; disposed with the engine.</param>
    public RemoteStore(GrpcChannel channel)
    {
        _channel = channel;
        _watches = new RemoteWatches(channel);
        _commits = new RemoteCommits(channel);
    }

    /// <inheritdoc/>
    public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        var request = new RangeRequest
        {
            Range = StoreMessages.ToWire(query.Range),
            AtRevision = query.AtRevision,
            Limit = query.Limit,
            KeysOnly = query.KeysOnly,
            CountOnly = query.CountOnly,
        };
        var response = await CallAsync(StoreMethods.Range, request, write: false, cancellation);
        var entries = new List<StoreEntry>(response.Entries.Count);
        Take(response, entries);
        var (revision, count, more) = (response.Revision, response.Count, response.More);

        // The server cuts long answers; the rest is read at the revision of the first part.
        while (more && !query.CountOnly && (query.Limit == 0 || entries.Count < query.Limit))
        {
            request.Range.Start = StoreMessages.ToWire(KeyRange.Single(entries[^1].Key).End.Memory);
            request.AtRevision = query.AtRevision == 0 ? revision : query.AtRevision;
            request.Limit = query.Limit == 0 ? 0 : query.Limit - entries.Count;
            response = await CallAsync(StoreMethods.Range, request, write: false, cancellation);
            Take(response, entries);
            more = response.More;
        }

        return new RangeResult(entries, revision, count, more);
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (StoreMessages.SizeOf(transaction) <= SharedBytes)
        {
            return await _commits.CommitAsync(transaction).WaitAsync(cancellation);
        }

        // One that large would hold up all others on the stream.
        return StoreMessages.FromWire(await CallAsync(StoreMethods.Commit, StoreMessages.ToWire(transaction), write: true, cancellation));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => _watches.WatchAsync(query, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation)
    {
        var request = new GrantLeaseRequest { Seconds = Math.Max(1, (long)Math.Ceiling(timeToLive.TotalSeconds)), Id = id };
        return StoreMessages.FromWire(await CallAsync(StoreMethods.GrantLease, request, write: true, cancellation));
    }

    /// <inheritdoc/>
    public async ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation) =>
        StoreMessages.FromWire(await CallAsync(StoreMethods.RenewLease, new LeaseRequest { Id = id }, write: false, cancellation));

    /// <inheritdoc/>
    public async ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) =>
        await CallAsync(StoreMethods.RevokeLease, new LeaseRequest { Id = id }, write: true, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation) =>
        StoreMessages.FromWire(await CallAsync(StoreMethods.GetLease, new LeaseRequest { Id = id }, write: false, cancellation));

    /// <inheritdoc/>
    public async ValueTask CompactAsync(long revision, CancellationToken cancellation) =>
        await CallAsync(StoreMethods.Compact, new CompactRequest { Revision = revision }, write: true, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation)
    {
        var status = await CallAsync(StoreMethods.Status, new StatusRequest(), write: false, cancellation);
        return new StoreStatus(
            "remote", status.Revision, status.CompactedRevision, status.Keys, status.SizeOnDisk, $"{status.Engine} at {_channel.Address}: {status.Detail}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _watches.DisposeAsync();
        await _channel.DisposeAsync();
    }

    private static void Take(RangeResponse response, List<StoreEntry> entries)
    {
        foreach (var entry in response.Entries)
        {
            entries.Add(StoreMessages.FromWire(entry));
        }
    }

    private async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, bool write, CancellationToken cancellation)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse>
    {
        try
        {
            return await _channel.UnaryAsync(method, request, null, cancellation);
        }
        catch (Exception failure) when (failure is BanyanException or GrpcException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw StoreErrors.FromWire(failure, _channel.Address, write);
        }
    }
}
