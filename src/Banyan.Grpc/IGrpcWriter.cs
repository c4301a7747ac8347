namespace Banyan.Grpc;

/// <summary>The stream of messages to the other side. For one writer at a time; a write returns when the transport has room for more.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IGrpcWriter<in T>
    where T : class
{
    /// <summary>Writes a message and sends it.</summary>
    /// <exception cref="OperationCanceledException">The other side is gone, or the call's deadline passed.</exception>
    ValueTask WriteAsync(T message, CancellationToken cancellation = default);

    /// <summary>Writes a message that is serialised already, so that many streams can share the bytes. They must be the message alone, without a frame header.</summary>
    /// <exception cref="OperationCanceledException">The other side is gone, or the call's deadline passed.</exception>
    ValueTask WriteRawAsync(ReadOnlyMemory<byte> serializedMessage, CancellationToken cancellation = default);

    /// <summary>Writes a message without sending it yet: the next write or <see cref="FlushAsync"/> sends both in one piece. For bursts.</summary>
    void Buffer(T message);

    /// <summary>As <see cref="Buffer"/>, for a message that is serialised already.</summary>
    void BufferRaw(ReadOnlySpan<byte> serializedMessage);

    /// <summary>Sends what is buffered.</summary>
    /// <exception cref="OperationCanceledException">The other side is gone, or the call's deadline passed.</exception>
    ValueTask FlushAsync(CancellationToken cancellation = default);
}
