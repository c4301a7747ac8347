using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Banyan.Grpc.Sharing;

/// <summary>
/// Many subscriptions on one duplex call, told apart by numbers. The call is opened with the first subscription and again after it was lost; losing it ends
/// every subscription on it. Safe for concurrent use.
/// </summary>
/// <typeparam name="TRequest">Creates and cancels subscriptions.</typeparam>
/// <typeparam name="TResponse">Carries items for one or more subscriptions.</typeparam>
/// <typeparam name="TItem">What a subscriber reads.</typeparam>
/// <param name="open">Opens the call.</param>
/// <param name="cancel">The request that ends the subscription with a number.</param>
/// <param name="dispatch">Hands a response to the subscriptions it is for; the function given finds one by number, or null.</param>
/// <param name="lost">What subscribers get when the call is lost for this reason (null: the server ended it).</param>
public sealed class SharedDuplexCall<TRequest, TResponse, TItem>(
    Func<GrpcDuplexCall<TRequest, TResponse>> open,
    Func<long, TRequest> cancel,
    Action<TResponse, Func<long, SharedSubscription<TItem>?>> dispatch,
    Func<Exception?, Exception> lost) : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _lastId;
    private Connection? _connection;

    /// <summary>Opens a subscription and waits until the server has it in place.</summary>
    /// <param name="create">The request that creates the subscription with a number.</param>
    /// <param name="cancellation">Gives up; the subscription is cancelled.</param>
    public async Task<SharedSubscription<TItem>> OpenAsync(Func<long, TRequest> create, CancellationToken cancellation)
    {
        var subscription = new SharedSubscription<TItem>(Interlocked.Increment(ref _lastId));
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_connection is null || _connection.Ended)
            {
                _connection = new Connection(this, open());
            }

            _connection.Add(subscription);
            await _connection.SendAsync(create(subscription.Id));
        }
        finally
        {
            _gate.Release();
        }

        try
        {
            await subscription.Created.WaitAsync(cancellation);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>Reads one subscription's items until it is cancelled or ended with a reason. A reader that was too slow for the shared call opens again.</summary>
    /// <param name="create">The request that creates the subscription with a number; made anew at every opening, and says where to go on from.</param>
    /// <param name="cancellation">Ends reading; the subscription is cancelled.</param>
    public async IAsyncEnumerable<TItem> ReadAsync(Func<long, TRequest> create, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            using var subscription = await OpenAsync(create, cancellation);
            using var ending = subscription.EndWith(cancellation);
            while (await subscription.Items.WaitToReadAsync(CancellationToken.None))
            {
                while (subscription.Items.TryRead(out var item))
                {
                    yield return item;
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    private TRequest Cancel(long id) => cancel(id);

    private void Dispatch(TResponse response, Func<long, SharedSubscription<TItem>?> find) => dispatch(response, find);

    private Exception Lost(Exception? failure) => lost(failure);

    /// <summary>One call's life.</summary>
    private sealed class Connection : IAsyncDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<long, SharedSubscription<TItem>> _subscriptions = [];
        private readonly SemaphoreSlim _sending = new(1, 1);
        private readonly SharedDuplexCall<TRequest, TResponse, TItem> _owner;
        private readonly GrpcDuplexCall<TRequest, TResponse> _call;
        private readonly Task _reading;
        private Exception? _lost;

        public Connection(SharedDuplexCall<TRequest, TResponse, TItem> owner, GrpcDuplexCall<TRequest, TResponse> call)
        {
            _owner = owner;
            _call = call;
            _reading = ReadAsync();
        }

        public bool Ended => Volatile.Read(ref _lost) is not null;

        public void Add(SharedSubscription<TItem> subscription)
        {
            subscription.Closed = () => Remove(subscription);
            Exception? lost;
            lock (_lock)
            {
                lost = _lost;
                if (lost is null)
                {
                    _subscriptions.Add(subscription.Id, subscription);
                }
            }

            if (lost is not null)
            {
                subscription.End(lost);
            }
        }

        public async Task SendAsync(TRequest request)
        {
            await _sending.WaitAsync();
            try
            {
                if (!Ended)
                {
                    await _call.Requests.WriteAsync(request);
                }
            }
            catch (Exception failure) when (IsLoss(failure))
            {
                // Why the call ended is in its status, which the reader gets a moment later.
                await _reading.WaitAsync(StatusPatience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Lose(failure);
            }
            finally
            {
                _sending.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _call.DisposeAsync();
            await _reading;
        }

        private void Remove(SharedSubscription<TItem> subscription)
        {
            lock (_lock)
            {
                if (!_subscriptions.Remove(subscription.Id))
                {
                    return;
                }
            }

            // Nobody waits for the server to forget it; a failure shows on the call itself.
            _ = SendAsync(_owner.Cancel(subscription.Id));
        }

        private async Task ReadAsync()
        {
            try
            {
                await foreach (var response in _call.Responses)
                {
                    _owner.Dispatch(response, Find);
                }

                Lose(null);
            }
            catch (Exception failure) when (IsLoss(failure))
            {
                Lose(failure);
            }
        }

        private static bool IsLoss(Exception failure) =>
            failure is GrpcException or Contracts.BanyanException or OperationCanceledException or InvalidOperationException;

        private SharedSubscription<TItem>? Find(long id)
        {
            lock (_lock)
            {
                return _subscriptions.GetValueOrDefault(id);
            }
        }

        private void Lose(Exception? failure)
        {
            var lost = _owner.Lost(failure);
            SharedSubscription<TItem>[] all;
            lock (_lock)
            {
                _lost ??= lost;
                all = [.. _subscriptions.Values];
                _subscriptions.Clear();
            }

            foreach (var subscription in all)
            {
                subscription.End(lost);
            }
        }
    }
}
