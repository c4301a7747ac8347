using System.Buffers;
using System.IO.Pipelines;
using Banyan.Grpc.Framing;
using Google.Protobuf;

namespace Banyan.Grpc.Server;

/// <summary>Writes responses into Kestrel's pipe.</summary>
internal sealed class ResponseWriter<T>(GrpcServerContext context, MessageEncoder encoder) : IGrpcWriter<T>
    where T : class, IMessage<T>
{
    private readonly PipeWriter _pipe = context.HttpContext.Response.BodyWriter;
    private int _busy;

    public async ValueTask WriteAsync(T message, CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            await EnsureStartedAsync();
            encoder.Write(_pipe, message);
            await FlushCoreAsync(cancellation);
        }
        finally
        {
            Leave();
        }
    }

    public async ValueTask WriteRawAsync(ReadOnlyMemory<byte> serializedMessage, CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            await EnsureStartedAsync();
            encoder.WriteRaw(_pipe, serializedMessage.Span);
            await FlushCoreAsync(cancellation);
        }
        finally
        {
            Leave();
        }
    }

    public void Buffer(T message)
    {
        Enter();
        try
        {
            EnsureStarted();
            encoder.Write(_pipe, message);
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
            EnsureStarted();
            encoder.WriteRaw(_pipe, serializedMessage);
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
            await EnsureStartedAsync();
            await FlushCoreAsync(cancellation);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The one response of a call that ends with it: goes out together with the status.</summary>
    public ValueTask WriteLastAsync(T message)
    {
        var started = EnsureStartedAsync();
        if (!started.IsCompletedSuccessfully)
        {
            return WriteLastSlowAsync(started, message);
        }

        encoder.Write(_pipe, message);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteLastSlowAsync(ValueTask started, T message)
    {
        await started;
        encoder.Write(_pipe, message);
    }

    private async ValueTask FlushCoreAsync(CancellationToken cancellation)
    {
        // Written and refused here: a cancelled call must not look as if it went on.
        context.Cancellation.ThrowIfCancellationRequested();
        var both = cancellation.CanBeCanceled && cancellation != context.Cancellation
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, context.Cancellation)
            : null;
        try
        {
            var result = await _pipe.FlushAsync(both?.Token ?? context.Cancellation);
            if (result.IsCompleted)
            {
                throw new OperationCanceledException("The caller is gone.", context.Cancellation);
            }
        }
        finally
        {
            both?.Dispose();
        }
    }

    private ValueTask EnsureStartedAsync()
    {
        var response = context.HttpContext.Response;
        if (response.HasStarted)
        {
            return ValueTask.CompletedTask;
        }

        context.WriteHeaders();
        return new ValueTask(response.StartAsync(context.TransportCancellation));
    }

    private void EnsureStarted()
    {
        // Kestrel starts a response without waiting; a server that does not would need the writer's other methods.
        var started = EnsureStartedAsync();
        if (!started.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The response could not be started at once. Call FlushAsync before the first Buffer.");
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException($"Two writes to a response of '{context.Method.FullName}' at a time. Wait for one before the next.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, 0);
}
