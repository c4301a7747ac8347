using Banyan.Contracts.Store.V1;
using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>Serves a store to other processes: <c>banyan.store.v1.Store</c>.</summary>
public static class StoreService
{
    // One answer stays well under the wire's message limit (4 MiB); the client asks for the rest.
    internal const int AnswerBytes = 2 * 1024 * 1024;
    private const int AnswerEntries = 10_000;

    /// <summary>The gRPC service over an engine; the engine stays the caller's.</summary>
    public static GrpcService Over(IStore store) => new GrpcService(StoreMethods.Service)
        .Unary(StoreMethods.Range, (request, context) => Answer(() => RangeAsync(store, request, context.Cancellation)))
        .Unary(StoreMethods.Commit, (request, context) => Answer(() => CommitAsync(store, request, context.Cancellation)))
        .Duplex(StoreMethods.Commits, (requests, responses, context) =>
            UntilStopAsync(context, end => new CommitSession(store, responses).RunAsync(requests, end)))
        .Duplex(StoreMethods.Watch, (requests, responses, context) =>
            UntilStopAsync(context, end => new WatchSession(store, responses).RunAsync(requests, end)))
        .Unary(StoreMethods.GrantLease, (request, context) => Answer(async () =>
            StoreMessages.ToWire(await store.GrantLeaseAsync(TimeSpan.FromSeconds(request.Seconds), request.Id, context.Cancellation))))
        .Unary(StoreMethods.RenewLease, (request, context) => Answer(async () => StoreMessages.ToWire(await store.RenewLeaseAsync(request.Id, context.Cancellation))))
        .Unary(StoreMethods.GetLease, (request, context) => Answer(async () => StoreMessages.ToWire(await store.GetLeaseAsync(request.Id, context.Cancellation))))
        .Unary(StoreMethods.RevokeLease, (request, context) => Answer(async () =>
        {
            await store.RevokeLeaseAsync(request.Id, context.Cancellation);
            return new RevokeLeaseResponse();
        }))
        .Unary(StoreMethods.Compact, (request, context) => Answer(async () =>
        {
            await store.CompactAsync(request.Revision, context.Cancellation);
            return new CompactResponse();
        }))
        .Unary(StoreMethods.Status, (_, context) => Answer(async () =>
        {
            var status = await store.StatusAsync(context.Cancellation);
            return new StatusResponse
            {
                Engine = status.Engine,
                Revision = status.Revision,
                CompactedRevision = status.CompactedRevision,
                Keys = status.Keys,
                SizeOnDisk = status.SizeOnDisk,
                Detail = status.Detail,
            };
        }));

    private static async Task<T> Answer<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (StoreException failure)
        {
            throw StoreErrors.ToWire(failure);
        }
    }

    private static async Task<RangeResponse> RangeAsync(IStore store, RangeRequest request, CancellationToken cancellation)
    {
        var limit = request.Limit is > 0 and < AnswerEntries ? request.Limit : AnswerEntries;
        var result = await store.RangeAsync(
            new RangeQuery(StoreMessages.FromWire(request.Range))
            {
                AtRevision = request.AtRevision,
                Limit = limit,
                KeysOnly = request.KeysOnly,
                CountOnly = request.CountOnly,
            },
            cancellation);
        var response = new RangeResponse { Revision = result.Revision, Count = result.Count, More = result.More };
        var size = 0;
        foreach (var entry in result.Entries)
        {
            size += entry.Key.Length + entry.Value.Length + 48;
            if (size > AnswerBytes && response.Entries.Count > 0)
            {
                response.More = true;
                break;
            }

            response.Entries.Add(StoreMessages.ToWire(entry));
        }

        return response;
    }

    private static async Task<CommitResponse> CommitAsync(IStore store, CommitRequest request, CancellationToken cancellation) =>
        StoreMessages.ToWire(await store.CommitAsync(StoreMessages.FromWire(request), cancellation));

    /// <summary>A stream has no end of its own: it ends when the server stops, which otherwise would wait for it.</summary>
    private static async Task UntilStopAsync(GrpcServerContext context, Func<CancellationToken, Task> session)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation, context.Stopping);
        try
        {
            await session(end.Token);
        }
        catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested && !context.Cancellation.IsCancellationRequested)
        {
            throw StoreErrors.ToWire(new StoreException(StoreError.Unavailable, "The server is stopping. Try again."));
        }
    }
}
