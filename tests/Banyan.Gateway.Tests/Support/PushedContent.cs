using System.Net;
using System.Threading.Channels;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A request's body of unknown length that the test sends piece by piece.</summary>
internal sealed class PushedContent : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public void Push(byte[] piece) => Assert.True(_pieces.Writer.TryWrite(piece));

    public void End() => _pieces.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // The head goes out before the first piece.
        await stream.FlushAsync();
        await foreach (var piece in _pieces.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
