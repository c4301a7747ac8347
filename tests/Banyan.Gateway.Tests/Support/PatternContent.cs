using System.Net;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A long body that is never in memory as a whole; byte n is n mod 251, so that a lost or doubled piece shows.</summary>
internal sealed class PatternContent(long size) : HttpContent
{
    private const int Period = 251;
    private const int Piece = Period * 256;

    /// <summary>Reads a body of this pattern to its end and returns its length; fails at the first wrong byte.</summary>
    public static async Task<long> VerifyAsync(Stream body)
    {
        var pattern = Pattern();
        var buffer = new byte[Piece];
        var total = 0L;
        for (int read; (read = await body.ReadAsync(buffer)) > 0; total += read)
        {
            var at = (int)(total % Period);
            Assert.True(buffer.AsSpan(0, read).SequenceEqual(pattern.AsSpan(at, read)), $"wrong byte between {total} and {total + read}");
        }

        return total;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var pattern = Pattern();
        for (var left = size; left > 0; left -= Piece)
        {
            await stream.WriteAsync(pattern.AsMemory(0, (int)Math.Min(left, Piece)));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }

    private static byte[] Pattern() => [.. Enumerable.Range(0, Piece + Period).Select(i => (byte)(i % Period))];
}
