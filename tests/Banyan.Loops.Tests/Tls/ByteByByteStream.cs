using System.Net.Sockets;

namespace Banyan.Loops.Tests.Tls;

/// <summary>Writes each byte with a call of its own.</summary>
internal sealed class ByteByByteStream(Socket socket) : NetworkStream(socket)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < buffer.Length; i++)
        {
            await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }
}
