using Banyan.Contracts;
using Banyan.Contracts.Store.V1;
using Banyan.Grpc;
using WireOutcome = Banyan.Contracts.Store.V1.CommitOutcome;

namespace Banyan.Store.Remote;

/// <summary>
/// One commit stream, client side. Commits that come while a message is being written, or while many are under way, travel together in the next message: the more
/// writers, the less each costs. A lone writer's commit is sent at once, on its own thread.
/// </summary>
internal sealed class CommitStream : IThreadPoolWorkItem, IAsyncDisposable
{
    // Far below the wire's message limit (4 MiB), and small enough that the first commit of a message does not wait long for the last.
    private const int MessageBytes = 512 * 1024;
    private const int MessageCommits = 1024;

    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(1);

    private readonly GrpcChannel _channel;
    private readonly GrpcDuplexCall<CommitsRequest, CommitsResponse> _call;
    private readonly Lock _lock = new();
    private readonly Queue<Commit> _waiting = new();
    private readonly Dictionary<long, Commit> _underWay = [];
    private readonly Task _reading;
    private long _next = 1;
    private int _lastMessage;
    private bool _sending;
    private bool _lost;

    public CommitStream(GrpcChannel channel)
    {
        _channel = channel;
        _call = channel.Duplex(StoreMethods.Commits, null, CancellationToken.None);
        _reading = ReadAsync();
    }

    /// <summary>Null when the stream is lost: open another.</summary>
    public Task<CommitResult>? TryCommit(StoreTransaction transaction)
    {
        var commit = new Commit(transaction);
        bool alone;
        lock (_lock)
        {
            if (_lost)
            {
                return null;
            }

            _waiting.Enqueue(commit);
            if (_sending)
            {
                return commit.Task;
            }

            _sending = true;
            alone = _underWay.Count == 0 && _lastMessage <= 1;
        }

        // Among many writers the message is written after those that have just been answered had their turn: they bring their next commits along.
        if (alone)
        {
            _ = SendAsync();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return commit.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    public async ValueTask DisposeAsync()
    {
        await _call.DisposeAsync();
        await _reading;
    }

    private async Task SendAsync()
    {
        try
        {
            while (NextMessage() is { } message)
            {
                await _call.Requests.WriteAsync(message);
            }
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            // Why the call ended is in its status, which the reader gets a moment later.
            await _reading.WaitAsync(StatusPatience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Lose(failure);
        }
    }

    private CommitsRequest? NextMessage()
    {
        var message = new CommitsRequest();
        var size = 0L;
        lock (_lock)
        {
            message.First = _next;
            while (size < MessageBytes && message.Commits.Count < MessageCommits && _waiting.TryDequeue(out var commit))
            {
                size += commit.Size;
                _underWay.Add(_next++, commit);
                message.Commits.Add(commit.Request);
            }

            if (message.Commits.Count == 0)
            {
                _sending = false;
                return null;
            }

            _lastMessage = message.Commits.Count;
        }

        return message;
    }

    private async Task ReadAsync()
    {
        try
        {
            var answered = new List<(Commit Commit, WireOutcome Outcome)>();
            await foreach (var response in _call.Responses)
            {
                lock (_lock)
                {
                    for (var i = 0; i < response.Outcomes.Count; i++)
                    {
                        if (_underWay.Remove(response.First + i, out var commit))
                        {
                            answered.Add((commit, response.Outcomes[i]));
                        }
                    }
                }

                foreach (var (commit, outcome) in answered)
                {
                    commit.End(outcome);
                }

                answered.Clear();
            }

            Lose(new IOException("the stream ended"));
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            Lose(failure);
        }
    }

    private static bool IsLoss(Exception failure) =>
        failure is GrpcException or BanyanException or OperationCanceledException or InvalidOperationException or IOException;

    private void Lose(Exception failure)
    {
        Commit[] sent;
        Commit[] unsent;
        lock (_lock)
        {
            _lost = true;
            (sent, unsent) = ([.. _underWay.Values], [.. _waiting]);
            _underWay.Clear();
            _waiting.Clear();
        }

        foreach (var commit in sent)
        {
            commit.TrySetException(StoreErrors.FromWire(failure, _channel.Address, write: true));
        }

        foreach (var commit in unsent)
        {
            commit.TrySetException(StoreErrors.FromWire(failure, _channel.Address, write: false));
        }
    }

    private sealed class Commit(StoreTransaction transaction)
        : TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public CommitRequest Request { get; } = StoreMessages.ToWire(transaction);

        public long Size { get; } = StoreMessages.SizeOf(transaction);

        public void End(WireOutcome outcome)
        {
            if (outcome.KindCase == WireOutcome.KindOneofCase.Done)
            {
                TrySetResult(StoreMessages.FromWire(outcome.Done));
            }
            else
            {
                TrySetException(StoreErrors.Read(outcome.Refused?.Code ?? string.Empty, outcome.Refused?.Message ?? string.Empty));
            }
        }
    }
}
