using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Banyan.Grpc.Framing;

/// <summary>Reads messages from the server's request pipe. Holds at most one message of the allowed size.</summary>
/// <param name="pipe">Fails by itself when the caller or its connection is gone.</param>
/// <param name="decoder">Makes messages of frames.</param>
/// <param name="callCancellation">The call's deadline; none when it has no deadline, since registering with a token on every read costs.</param>
internal sealed class PipeMessageReader<T>(PipeReader pipe, MessageDecoder<T> decoder, CancellationToken callCancellation) : IGrpcReader<T>
    where T : class, IMessage<T>
{
    private bool _ended;

    public ValueTask<T?> ReadAsync(CancellationToken cancellation = default)
    {
        if (_ended)
        {
            return new ValueTask<T?>((T?)null);
        }

        return cancellation.CanBeCanceled && cancellation != callCancellation ? ReadLinkedAsync(cancellation) : ReadCoreAsync(callCancellation);
    }

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken) is { } message)
        {
            yield return message;
        }
    }

    private async ValueTask<T?> ReadLinkedAsync(CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, callCancellation);
        return await ReadCoreAsync(both.Token);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T?> ReadCoreAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (TryRead(ref buffer, decoder, out var message))
            {
                pipe.AdvanceTo(buffer.Start);
                return message;
            }

            // Everything was looked at: the next read waits for more, and the transport lets the peer send more.
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                _ended = true;
                return buffer.IsEmpty ? null : throw Frame.Truncated();
            }
        }
    }

    /// <summary>Takes the first message off the buffer, if it is all there.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, in MessageDecoder<T> decoder, out T? message)
    {
        message = null;
        if (buffer.Length < Frame.HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[Frame.HeaderSize];
        buffer.Slice(0, Frame.HeaderSize).CopyTo(header);
        var frame = Frame.Read(header, decoder.MaxSize);
        if (buffer.Length - Frame.HeaderSize < frame.Length)
        {
            return false;
        }

        message = decoder.Decode(frame.Compressed, buffer.Slice(Frame.HeaderSize, frame.Length));
        buffer = buffer.Slice(Frame.HeaderSize + frame.Length);
        return true;
    }
}
