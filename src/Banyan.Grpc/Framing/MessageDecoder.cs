using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;

namespace Banyan.Grpc.Framing;

/// <summary>Turns the bytes of one frame into a message.</summary>
/// <param name="parser">The message type's parser.</param>
/// <param name="maxSize">Largest message in bytes, also after decompression.</param>
/// <param name="gzip">True when the stream's <c>grpc-encoding</c> is gzip: only then may a frame be compressed.</param>
internal readonly struct MessageDecoder<T>(MessageParser<T> parser, int maxSize, bool gzip)
    where T : class, IMessage<T>
{
    public int MaxSize => maxSize;

    public T Decode(bool compressed, ReadOnlySequence<byte> bytes)
    {
        if (compressed)
        {
            using var packed = new PooledBuffer((int)bytes.Length);
            bytes.CopyTo(packed.GetSpan((int)bytes.Length));
            return Inflate(packed.Array, 0, (int)bytes.Length);
        }

        try
        {
            return bytes.IsSingleSegment ? parser.ParseFrom(bytes.FirstSpan) : parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Broken(e);
        }
    }

    public T Decode(bool compressed, byte[] array, int offset, int count)
    {
        if (compressed)
        {
            return Inflate(array, offset, count);
        }

        try
        {
            return parser.ParseFrom(array.AsSpan(offset, count));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Broken(e);
        }
    }

    private static GrpcException Broken(Exception cause) => new(StatusCode.Internal, $"A message could not be read as '{typeof(T).Name}'.", cause);

    private T Inflate(byte[] array, int offset, int count)
    {
        if (!gzip)
        {
            throw new GrpcException(StatusCode.Internal, "A message is compressed, but the stream has no grpc-encoding.");
        }

        using var plain = new PooledBuffer(Math.Min(maxSize, Math.Max(256, count * 2)));
        try
        {
            using var stream = new GZipStream(new MemoryStream(array, offset, count, writable: false), CompressionMode.Decompress);
            while (stream.Read(plain.GetSpan(1)) is var read and > 0)
            {
                plain.Advance(read);

                // A few packed bytes can become gigabytes: stop as soon as it is too much.
                if (plain.Length > maxSize)
                {
                    throw Frame.TooLarge(plain.Length, maxSize);
                }
            }

            return parser.ParseFrom(plain.Span);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidProtocolBufferException)
        {
            throw Broken(e);
        }
    }
}
