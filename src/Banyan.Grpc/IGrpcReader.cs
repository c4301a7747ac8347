namespace Banyan.Grpc;

/// <summary>The stream of messages that the other side sends. For one reader at a time.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IGrpcReader<T> : IAsyncEnumerable<T>
    where T : class
{
    /// <summary>The next message; null when the other side has sent its last.</summary>
    /// <exception cref="GrpcException">The stream ended with an error, or a message was broken or too large.</exception>
    ValueTask<T?> ReadAsync(CancellationToken cancellation = default);
}
