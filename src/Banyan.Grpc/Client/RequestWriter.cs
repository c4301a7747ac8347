using Banyan.Grpc.Framing;
using Google.Protobuf;

namespace Banyan.Grpc.Client;

/// <summary>Writes a stream of requests.</summary>
internal sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content, MessageEncoder encoder) : IGrpcWriter<TRequest>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private PooledBuffer? _buffer;
    private int _busy;
    private bool _completed;

    /// <summary>The call's end, when somebody else than the user waits for it: the reason a write failed is in there.</summary>
    public Task? Outcome { private get; set; }

    public ValueTask WriteAsync(TRequest message, CancellationToken cancellation = default)
    {
        Buffer(message);
        return FlushAsync(cancellation);
    }

    public ValueTask WriteRawAsync(ReadOnlyMemory<byte> serializedMessage, CancellationToken cancellation = default)
    {
        BufferRaw(serializedMessage.Span);
        return FlushAsync(cancellation);
    }

    public void Buffer(TRequest message)
    {
        Enter();
        try
        {
            encoder.Write(_buffer ??= new PooledBuffer(512), message);
        }
        finally
        {
            Leave();
        }
    }

    public void BufferRaw(ReadOnlySpan<byte> serializedMessage)
    {
        Enter();
        try
        {
            encoder.WriteRaw(_buffer ??= new PooledBuffer(512), serializedMessage);
        }
        finally
        {
            Leave();
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            if (call.EndedError() is { } ended)
            {
                throw ended;
            }

            using var both = cancellation.CanBeCanceled && cancellation != call.Cancellation
                ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, call.Cancellation)
                : null;
            var token = both?.Token ?? call.Cancellation;
            var stream = await content.OpenAsync(token);
            if (_buffer is { Length: > 0 } buffer)
            {
                // Taken away while the transport reads it: when the write breaks off, the collector gets it instead of the pool.
                _buffer = null;
                await stream.WriteAsync(buffer.Memory, token);
                buffer.Clear();
                _buffer = buffer;
            }

            await stream.FlushAsync(token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The stream is dead, so the call ends too: its status says why.
            if (Outcome is { } outcome)
            {
                await outcome.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw outcome.Exception?.InnerException ?? call.EndedError() ?? call.Translate(e);
            }

            throw call.EndedError() ?? call.Translate(e);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Sends what is buffered and ends the stream of requests. Has no effect the second time.</summary>
    public async ValueTask CompleteAsync()
    {
        if (!_completed)
        {
            if (_buffer is { Length: > 0 })
            {
                await FlushAsync();
            }

            _completed = true;
            content.Complete();
            if (Interlocked.Exchange(ref _busy, 1) == 0)
            {
                _buffer?.Dispose();
                _buffer = null;
                Leave();
            }
        }
    }

    private void Enter()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The stream of requests is complete; it takes no more messages.");
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("Two writes to one call at a time. Wait for one before the next.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, 0);
}
