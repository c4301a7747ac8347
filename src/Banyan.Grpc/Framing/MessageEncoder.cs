using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;

namespace Banyan.Grpc.Framing;

/// <summary>Turns messages into frames, straight into the transport's buffer. Stateless but for its settings.</summary>
/// <param name="maxSize">Largest serialised message in bytes.</param>
/// <param name="compressFrom">Messages of at least this many bytes are compressed by gzip; null: none.</param>
internal sealed class MessageEncoder(int maxSize, int? compressFrom)
{
    public void Write(IBufferWriter<byte> output, IMessage message)
    {
        var size = message.CalculateSize();
        Check(size);
        if (size >= compressFrom)
        {
            using var plain = new PooledBuffer(size);
            message.WriteTo(plain);
            WriteCompressed(output, plain.Span);
            return;
        }

        var span = output.GetSpan(Frame.HeaderSize + (size <= 4096 ? size : 0));
        Frame.Write(span, compressed: false, size);
        if (span.Length - Frame.HeaderSize >= size)
        {
            message.WriteTo(span.Slice(Frame.HeaderSize, size));
            output.Advance(Frame.HeaderSize + size);
        }
        else
        {
            output.Advance(Frame.HeaderSize);
            message.WriteTo(output);
        }
    }

    public void WriteRaw(IBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        Check(message.Length);
        if (message.Length >= compressFrom)
        {
            WriteCompressed(output, message);
            return;
        }

        Frame.Write(output.GetSpan(Frame.HeaderSize), compressed: false, message.Length);
        output.Advance(Frame.HeaderSize);
        output.Write(message);
    }

    private static void WriteCompressed(IBufferWriter<byte> output, ReadOnlySpan<byte> plain)
    {
        using var packed = new PooledBuffer(Math.Max(256, plain.Length / 2));
        using (var gzip = new GZipStream(new BufferStream(packed), CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        Frame.Write(output.GetSpan(Frame.HeaderSize), compressed: true, packed.Length);
        output.Advance(Frame.HeaderSize);
        output.Write(packed.Span);
    }

    private void Check(int size)
    {
        if (size > maxSize)
        {
            throw Frame.TooLargeToSend(size, maxSize);
        }
    }
}
