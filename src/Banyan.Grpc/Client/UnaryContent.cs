using System.Net;
using System.Net.Http.Headers;
using Banyan.Grpc.Framing;
using Banyan.Grpc.Protocol;
using Google.Protobuf;

namespace Banyan.Grpc.Client;

/// <summary>The body of a call with one request. May be sent again when a server refused the stream before it looked at it.</summary>
internal sealed class UnaryContent : HttpContent
{
    internal static readonly MediaTypeHeaderValue GrpcContentType = new(GrpcHeaders.ContentType);

    private readonly IMessage _message;
    private readonly MessageEncoder _encoder;

    public UnaryContent(IMessage message, MessageEncoder encoder)
    {
        _message = message;
        _encoder = encoder;
        Headers.ContentType = GrpcContentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The buffer lives exactly as long as the transport may read it.
        using var buffer = new PooledBuffer(512);
        _encoder.Write(buffer, _message);
        await stream.WriteAsync(buffer.Memory, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
