using Banyan.Grpc;
using Banyan.Store.Etcd.Protocol;
using Banyan.Store.Mvcc;

namespace Banyan.Store.Etcd;

/// <summary>
/// The store on a real etcd cluster (v3 API; etcd 3.4 or newer): highly available, shared by all processes. Reads are linearizable. Leases are etcd's own: its
/// shortest is two seconds, and a shorter one is lengthened.
/// </summary>
public sealed class EtcdStore : IStore
{
    private const int Page = 5_000;

    private readonly EtcdMembers _members;
    private readonly EtcdWatches _watches;
    private readonly EtcdStoreOptions _options;

    /// <summary>Makes the engine; connects with the first call.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="channels">How channels to the members are made (TLS, keep-alive); message limits are raised as needed.</param>
    /// <param name="clock">Measures patience.</param>
    public EtcdStore(EtcdStoreOptions options, GrpcChannelOptions channels, TimeProvider clock)
    {
        _options = options;
        _members = new EtcdMembers(options, channels, clock);
        _watches = new EtcdWatches(_members);
    }

    /// <inheritdoc/>
    public async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        var request = new RangeRequest
        {
            Key = EtcdMessages.StartOf(query.Range),
            RangeEnd = EtcdMessages.EndOf(query.Range),
            Revision = query.AtRevision,
            Limit = query.CountOnly ? 0 : query.Limit is > 0 and < Page ? query.Limit : Page,
            KeysOnly = query.KeysOnly,
            CountOnly = query.CountOnly,
        };
        var response = await ReadAsync(request, cancellation);
        var entries = new List<StoreEntry>(response.Kvs.Select(EtcdMessages.FromEtcd));
        var (revision, count, more) = (response.Header.Revision, response.Count, response.More);

        // Long answers are read in pages, all at the revision of the first.
        while (more && !query.CountOnly && (query.Limit == 0 || entries.Count < query.Limit))
        {
            request.Key = EtcdMessages.ToEtcd(KeyRange.Single(entries[^1].Key).End.Memory);
            request.Revision = query.AtRevision == 0 ? revision : query.AtRevision;
            request.Limit = query.Limit == 0 ? Page : Math.Min(Page, query.Limit - entries.Count);
            response = await ReadAsync(request, cancellation);
            entries.AddRange(response.Kvs.Select(EtcdMessages.FromEtcd));
            more = response.More;
        }

        return new RangeResult(entries, revision, count, more);
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation)
    {
        TransactionRules.Check(transaction, _options.MaxValueBytes);
        return EtcdMessages.FromEtcd(await _members.CallAsync(EtcdMethods.Txn, EtcdMessages.ToEtcd(transaction), write: true, cancellation));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchBatch> WatchAsync(WatchQuery query, CancellationToken cancellation) => _watches.WatchAsync(query, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreLease> GrantLeaseAsync(TimeSpan timeToLive, long id, CancellationToken cancellation)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(timeToLive.TotalSeconds));
        var response = await _members.CallAsync(EtcdMethods.LeaseGrant, new LeaseGrantRequest { TTL = seconds, ID = id }, write: true, cancellation);
        var granted = TimeSpan.FromSeconds(response.TTL);
        return new StoreLease(response.ID, granted, granted, []);
    }

    /// <inheritdoc/>
    public async ValueTask<StoreLease> RenewLeaseAsync(long id, CancellationToken cancellation)
    {
        var (address, channel) = _members.Current;
        try
        {
            await using var call = channel.Duplex(EtcdMethods.LeaseKeepAlive, null, cancellation);
            await call.Requests.WriteAsync(new LeaseKeepAliveRequest { ID = id }, cancellation);
            await call.CompleteRequestsAsync();
            await foreach (var response in call.Responses.WithCancellation(cancellation))
            {
                var left = TimeSpan.FromSeconds(response.TTL);
                return response.TTL > 0 ? new StoreLease(id, left, left, []) : throw LeaseNotFound(id);
            }

            throw EtcdFailures.Away(address, new IOException("the stream ended without an answer"), maybeDone: false);
        }
        catch (GrpcException failure)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!EtcdFailures.IsAway(failure))
            {
                throw EtcdFailures.FromEtcd(failure);
            }

            _members.Leave(address);
            throw EtcdFailures.Away(address, failure, maybeDone: false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RevokeLeaseAsync(long id, CancellationToken cancellation) =>
        await _members.CallAsync(EtcdMethods.LeaseRevoke, new LeaseRevokeRequest { ID = id }, write: true, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreLease> GetLeaseAsync(long id, CancellationToken cancellation)
    {
        var response = await _members.CallAsync(EtcdMethods.LeaseTimeToLive, new LeaseTimeToLiveRequest { ID = id, Keys = true }, write: false, cancellation);
        return response.TTL < 0
            ? throw LeaseNotFound(id)
            : new StoreLease(
                id,
                TimeSpan.FromSeconds(response.GrantedTTL),
                TimeSpan.FromSeconds(response.TTL),
                [.. response.Keys.Select(key => new StoreKey(key.ToByteArray()))]);
    }

    /// <inheritdoc/>
    public async ValueTask CompactAsync(long revision, CancellationToken cancellation) =>
        await _members.CallAsync(EtcdMethods.Compact, new CompactionRequest { Revision = revision, Physical = true }, write: true, cancellation);

    /// <inheritdoc/>
    public async ValueTask<StoreStatus> StatusAsync(CancellationToken cancellation)
    {
        // A linearizable count says the newest revision; a member's own status may lag behind.
        var all = new RangeRequest { Key = EtcdMessages.StartOf(KeyRange.All), RangeEnd = EtcdMessages.EndOf(KeyRange.All), CountOnly = true };
        var count = await _members.CallAsync(EtcdMethods.Range, all, write: false, cancellation);
        var member = await _members.CallAsync(EtcdMethods.Status, new StatusRequest(), write: false, cancellation);
        var compacted = await FindCompactedAsync(count.Header.Revision, cancellation);
        var detail = $"etcd {member.Version}, {string.Join(", ", _options.Endpoints)}, leader {member.Leader:x}, term {count.Header.RaftTerm}";
        return new StoreStatus("etcd", count.Header.Revision, compacted, count.Count, member.DbSize, detail);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _watches.DisposeAsync();
        await _members.DisposeAsync();
    }

    private static StoreException LeaseNotFound(long id) =>
        new(StoreError.LeaseNotFound, $"Lease {id} does not exist: it expired or was never granted. Grant a new one.");

    private async ValueTask<RangeResponse> ReadAsync(RangeRequest request, CancellationToken cancellation)
    {
        try
        {
            return await _members.CallAsync(EtcdMethods.Range, request, write: false, cancellation);
        }
        catch (StoreException failure) when (failure.Error == StoreError.Compacted)
        {
            var compacted = await FindCompactedAsync(long.MaxValue, cancellation);
            throw new StoreException(StoreError.Compacted, failure.Message, failure) { CompactedRevision = compacted };
        }
    }

    /// <summary>The compacted revision, 0 when nothing was. etcd tells it to nobody who asks, only refuses reads before it; so it is searched for by halving.</summary>
    private async ValueTask<long> FindCompactedAsync(long newest, CancellationToken cancellation)
    {
        var (refused, allowed) = (0L, newest);
        if (newest == long.MaxValue)
        {
            var now = await _members.CallAsync(EtcdMethods.Range, new RangeRequest { Key = EtcdMessages.StartOf(KeyRange.All) }, write: false, cancellation);
            allowed = now.Header.Revision;
        }

        while (allowed - refused > 1)
        {
            var middle = refused + ((allowed - refused) / 2);
            try
            {
                var probe = new RangeRequest { Key = EtcdMessages.StartOf(KeyRange.All), Revision = middle };
                await _members.CallAsync(EtcdMethods.Range, probe, write: false, cancellation);
                allowed = middle;
            }
            catch (StoreException failure) when (failure.Error == StoreError.Compacted)
            {
                refused = middle;
            }
        }

        return refused == 0 ? 0 : allowed;
    }
}
