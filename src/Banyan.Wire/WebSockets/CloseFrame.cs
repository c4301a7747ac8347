using System.Buffers.Binary;

namespace Banyan.Wire.WebSockets;

/// <summary>The close frame of WebSocket (RFC 6455 section 5.5.1).</summary>
public static class CloseFrame
{
    /// <summary>The most bytes a close frame has.</summary>
    public const int MaxLength = 131;

    /// <summary>The code for an endpoint that goes away: a server that stops (RFC 6455 section 7.4.1).</summary>
    public const int GoingAway = 1001;

    private const int MaxReason = 123;

    /// <summary>Writes a close frame.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="code">1000 to 4999.</param>
    /// <param name="reason">UTF-8, at most 123 bytes; may be empty.</param>
    /// <param name="mask">The mask, in frames to a server; null in frames to a client.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, int code, ReadOnlySpan<byte> reason, uint? mask = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 4999);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, MaxReason);
        destination[0] = 0x88;
        destination[1] = (byte)((mask is null ? 0 : 0x80) | (reason.Length + 2));
        var start = 2;
        if (mask is { } key)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[start..], key);
            start += sizeof(uint);
        }

        var payload = destination.Slice(start, reason.Length + 2);
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload[2..]);
        for (var i = 0; mask is not null && i < payload.Length; i++)
        {
            payload[i] ^= destination[2 + (i & 3)];
        }

        return start + payload.Length;
    }
}
