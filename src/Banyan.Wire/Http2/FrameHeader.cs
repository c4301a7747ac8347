using System.Buffers.Binary;

namespace Banyan.Wire.Http2;

/// <summary>The nine bytes before each frame (RFC 9113 section 4.1).</summary>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Type">What it is.</param>
/// <param name="Flags">See <see cref="FrameFlags"/>.</param>
/// <param name="StreamId">0 for the connection.</param>
internal readonly record struct FrameHeader(int Length, FrameType Type, byte Flags, int StreamId)
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 9;

    /// <summary>The smallest limit of a payload, and the only one this side ever has or uses.</summary>
    public const int MaxLength = 16 * 1024;

    public bool Has(byte flag) => (Flags & flag) != 0;

    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        var start = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var id = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & int.MaxValue;
        return new FrameHeader((int)(start >> 40), (FrameType)(byte)(start >> 32), (byte)(start >> 24), (int)id);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)Length << 40) | ((ulong)Type << 32) | ((ulong)Flags << 24));
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], StreamId);
    }
}
