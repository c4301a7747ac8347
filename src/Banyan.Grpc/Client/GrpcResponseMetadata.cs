namespace Banyan.Grpc;

/// <summary>What the server sent beside messages. Filled while the call runs: <see cref="Headers"/> before its first message, <see cref="Trailers"/> at its end.</summary>
public sealed class GrpcResponseMetadata
{
    /// <summary>The response headers; empty until they came.</summary>
    public GrpcMetadata Headers { get; internal set; } = new();

    /// <summary>The trailers; empty until the call has ended.</summary>
    public GrpcMetadata Trailers { get; internal set; } = new();
}
