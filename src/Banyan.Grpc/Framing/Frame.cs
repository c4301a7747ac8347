using System.Buffers.Binary;

namespace Banyan.Grpc.Framing;

/// <summary>The five bytes before every message: one flag (1 = compressed), four of length, big-endian.</summary>
internal readonly record struct Frame(bool Compressed, int Length)
{
    public const int HeaderSize = 5;

    /// <summary>Reads a header and refuses what cannot be, before anything is buffered for it.</summary>
    /// <exception cref="GrpcException">The flag is not 0 or 1 (INTERNAL), or the message is larger than allowed (RESOURCE_EXHAUSTED).</exception>
    public static Frame Read(ReadOnlySpan<byte> header, int maxSize)
    {
        var flag = header[0];
        if (flag > 1)
        {
            throw new GrpcException(StatusCode.Internal, $"A message frame starts with the flag {flag}; only 0 and 1 exist.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return length <= (uint)maxSize ? new Frame(flag == 1, (int)length) : throw TooLarge(length, maxSize);
    }

    public static void Write(Span<byte> target, bool compressed, int length)
    {
        target[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)length);
    }

    public static GrpcException TooLarge(long size, int maxSize) => new(
        StatusCode.ResourceExhausted, $"A received message has {size} bytes, more than the {maxSize} allowed. Raise MaxReceiveMessageSize or send less at once.");

    public static GrpcException TooLargeToSend(long size, int maxSize) => new(
        StatusCode.ResourceExhausted, $"The message to send has {size} bytes, more than the {maxSize} allowed. Raise MaxSendMessageSize or send less at once.");

    public static GrpcException Truncated() => new(StatusCode.Internal, "The stream ended within a message.");
}
