using Banyan.Contracts.Store.V1;
using Banyan.Grpc;
using CommitOutcome = Banyan.Store.CommitOutcome;

namespace Banyan.Store.Remote;

/// <summary>One client's commit stream, server side. The commits of one message go to the engine together; the next message is read meanwhile.</summary>
internal sealed class CommitSession(IStore store, IGrpcWriter<CommitsResponse> responses)
{
    // Messages whose commits are under way; then the client waits. Each holds at most what the client puts into one.
    private const int MaxMessages = 16;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Queue<Task> _underWay = new();

    public async Task RunAsync(IGrpcReader<CommitsRequest> requests, CancellationToken cancellation)
    {
        try
        {
            await foreach (var request in requests.WithCancellation(cancellation))
            {
                _underWay.Enqueue(AnswerAsync(request));
                while (_underWay.Count >= MaxMessages || (_underWay.TryPeek(out var oldest) && oldest.IsCompleted))
                {
                    await _underWay.Dequeue();
                }
            }
        }
        finally
        {
            // What the engine has begun has an end; its answer goes out when somebody is left to read it.
            await Task.WhenAll(_underWay);
        }
    }

    private async Task AnswerAsync(CommitsRequest request)
    {
        var outcomes = await CommitAsync(request);
        var response = new CommitsResponse { First = request.First };
        var size = 0L;
        await _writing.WaitAsync();
        try
        {
            for (var i = 0; i < outcomes.Count; i++)
            {
                var outcome = StoreMessages.ToWire(outcomes[i], out var bytes);
                if (size + bytes > StoreService.AnswerBytes && response.Outcomes.Count > 0)
                {
                    await responses.WriteAsync(response);
                    response = new CommitsResponse { First = request.First + i };
                    size = 0;
                }

                response.Outcomes.Add(outcome);
                size += bytes;
            }

            await responses.WriteAsync(response);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or GrpcException)
        {
            // Nobody is left to be told.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(CommitsRequest request)
    {
        var outcomes = new CommitOutcome[request.Commits.Count];
        var transactions = new List<StoreTransaction>(outcomes.Length);
        var places = new List<int>(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++)
        {
            try
            {
                transactions.Add(StoreMessages.FromWire(request.Commits[i]));
                places.Add(i);
            }
            catch (StoreException malformed)
            {
                outcomes[i] = new CommitOutcome(null, malformed);
            }
        }

        try
        {
            // Not cancelled with the stream: a commit that arrived is done, whether its caller waits or not.
            var done = await store.CommitEachAsync(transactions, CancellationToken.None);
            for (var i = 0; i < places.Count; i++)
            {
                outcomes[places[i]] = done[i];
            }
        }
        catch (StoreException away)
        {
            places.ForEach(place => outcomes[place] = new CommitOutcome(null, away));
        }

        return outcomes;
    }
}
