using Banyan.Contracts.Store.V1;
using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>
/// One client's watch stream, server side. Watches of the same range share one engine watch (a group), so a change travels once however many of the client's
/// watches it concerns. The stream is written under one gate: a client that does not read holds its own groups back, which the engine then catches up from history.
/// </summary>
internal sealed class WatchSession(IStore store, IGrpcWriter<WatchResponse> responses)
{
    // Guards groups, their members and positions, and the stream. Held across a write on purpose: a join must not slip between a batch and the position it sets.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<GroupKey, Group> _shared = [];
    private readonly Dictionary<long, Group> _byWatch = [];
    private readonly HashSet<Task> _loops = [];

    public async Task RunAsync(IGrpcReader<WatchRequest> requests, CancellationToken cancellation)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await foreach (var request in requests.WithCancellation(session.Token))
            {
                switch (request.KindCase)
                {
                    case WatchRequest.KindOneofCase.Create:
                        await CreateAsync(request.Create, session.Token);
                        break;
                    case WatchRequest.KindOneofCase.Cancel:
                        await CancelAsync(request.Cancel, session.Token);
                        break;
                    default:
                        throw new StoreException(StoreError.Invalid, "A watch request is neither a create nor a cancel. The caller is newer than this server; update the server.");
                }
            }
        }
        catch (StoreException failure)
        {
            throw StoreErrors.ToWire(failure);
        }
        finally
        {
            await session.CancelAsync();
            await Task.WhenAll(_loops);
        }
    }

    private async Task CreateAsync(CreateWatch create, CancellationToken cancellation)
    {
        var key = new GroupKey(StoreMessages.FromWire(create.Range), create.IncludePrevious, create.Progress);
        var after = create.AfterRevision;
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_byWatch.ContainsKey(create.WatchId))
            {
                throw new StoreException(StoreError.Invalid, $"Watch {create.WatchId} exists already on this stream. Give each watch a number of its own.");
            }

            if (after == 0)
            {
                after = (await store.StatusAsync(cancellation)).Revision;
            }

            // A group that has told no more than the newcomer has seen can take it along; the client drops what is older than its start.
            if (!_shared.TryGetValue(key, out var group) || group.Position > after)
            {
                group = new Group(key, after, CancellationTokenSource.CreateLinkedTokenSource(cancellation));
                _shared[key] = group;
                _loops.RemoveWhere(loop => loop.IsCompleted);
                _loops.Add(FollowAsync(group));
            }

            group.Members.Add(create.WatchId);
            _byWatch.Add(create.WatchId, group);
            await responses.WriteAsync(new WatchResponse { WatchIds = { create.WatchId }, CreatedAfter = after }, cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CancelAsync(long watchId, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (!_byWatch.Remove(watchId, out var group))
            {
                return;
            }

            group.Members.Remove(watchId);
            if (group.Members.Count == 0)
            {
                Forget(group);
                await group.Stop.CancelAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task FollowAsync(Group group)
    {
        // Started under the gate; the first batch waits for it.
        await Task.Yield();
        var cancellation = group.Stop.Token;
        try
        {
            var query = new WatchQuery(group.Key.Range)
            {
                AfterRevision = group.Position,
                IncludePrevious = group.Key.IncludePrevious,
                Progress = group.Key.Progress,
            };
            await foreach (var batch in store.WatchAsync(query, cancellation))
            {
                var message = StoreMessages.ToWire(batch);
                await _gate.WaitAsync(cancellation);
                try
                {
                    var response = new WatchResponse { Batch = message };
                    response.WatchIds.AddRange(group.Members);
                    await responses.WriteAsync(response, cancellation);
                    group.Position = batch.Revision;
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The last member left, or the client did.
        }
        catch (StoreException failure)
        {
            await EndAsync(group, failure);
        }
        finally
        {
            group.Stop.Dispose();
        }
    }

    private async Task EndAsync(Group group, StoreException failure)
    {
        await _gate.WaitAsync();
        try
        {
            Forget(group);
            var error = StoreErrors.ToWire(failure);
            var response = new WatchResponse
            {
                Ended = new WatchEnded { Code = error.Error.Code, Message = error.Message, CompactedRevision = failure.CompactedRevision },
            };
            response.WatchIds.AddRange(group.Members);
            foreach (var watchId in group.Members)
            {
                _byWatch.Remove(watchId);
            }

            await responses.WriteAsync(response);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or GrpcException)
        {
            // Nobody is left to be told.
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Forget(Group group)
    {
        if (_shared.TryGetValue(group.Key, out var current) && ReferenceEquals(current, group))
        {
            _shared.Remove(group.Key);
        }
    }

    private readonly record struct GroupKey(KeyRange Range, bool IncludePrevious, bool Progress);

    private sealed class Group(GroupKey key, long position, CancellationTokenSource stop)
    {
        public GroupKey Key => key;

        public List<long> Members { get; } = [];

        /// <summary>Everything up to this revision has been told to the members.</summary>
        public long Position { get; set; } = position;

        public CancellationTokenSource Stop => stop;
    }
}
