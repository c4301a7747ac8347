using System.Threading.Channels;

namespace Banyan.Grpc.Sharing;

/// <summary>One subscriber's part of a <see cref="SharedDuplexCall{TRequest,TResponse,TItem}"/>.</summary>
/// <typeparam name="T">What the subscriber reads.</typeparam>
public sealed class SharedSubscription<T> : IDisposable
{
    // A reader that falls this far behind is taken off the call, so that it holds nobody else back; it opens again where it stopped.
    private const int Backlog = 1024;

    private readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<T> _items = Channel.CreateBounded<T>(
        new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.Wait, SingleWriter = false, SingleReader = true });

    internal SharedSubscription(long id) => Id = id;

    /// <summary>Its number on the call.</summary>
    public long Id { get; }

    /// <summary>What was received. Completes with the reason the call or the subscription ended, or without one when this reader was too slow.</summary>
    public ChannelReader<T> Items => _items.Reader;

    /// <summary>
    /// Ends the subscription for its reader when a token is cancelled. Once a subscription, and reading itself takes no token: registering with one at every wait
    /// would cost more than the wait, and all readers of a process often share one.
    /// </summary>
    public CancellationTokenRegistration EndWith(CancellationToken cancellation) =>
        cancellation.UnsafeRegister(static (self, token) => ((SharedSubscription<T>)self!)._items.Writer.TryComplete(new OperationCanceledException(token)), this);

    internal Task Created => _created.Task;

    internal Action? Closed { get; set; }

    /// <summary>The server has the subscription in place.</summary>
    public void Begin() => _created.TrySetResult();

    /// <summary>Hands over an item; a full backlog ends the subscription without a reason.</summary>
    public void Offer(T item)
    {
        if (!_items.Writer.TryWrite(item) && _items.Writer.TryComplete())
        {
            Dispose();
        }
    }

    /// <summary>Ends the subscription with a reason.</summary>
    public void End(Exception reason)
    {
        _items.Writer.TryComplete(reason);
        _created.TrySetException(reason);
    }

    /// <summary>Cancels the subscription at the server.</summary>
    public void Dispose() => Closed?.Invoke();
}
