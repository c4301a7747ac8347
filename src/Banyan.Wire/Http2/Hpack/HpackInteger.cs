namespace Banyan.Wire.Http2.Hpack;

/// <summary>Integers with a prefix of some bits (RFC 7541 section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>The most bytes an integer takes: the prefix and five more.</summary>
    public const int MaxSize = 6;

    /// <summary>Reads an integer whose prefix is the low <paramref name="bits"/> of the byte at <paramref name="at"/>; false when it is cut or beyond 2^28.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, int bits, out int value)
    {
        var most = (1 << bits) - 1;
        value = bytes[at++] & most;
        if (value < most)
        {
            return true;
        }

        for (var shift = 0; shift <= 21 && at < bytes.Length; shift += 7)
        {
            var next = bytes[at++];
            value += (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes an integer behind the high bits of <paramref name="first"/>; returns how many bytes it took.</summary>
    public static int Write(Span<byte> bytes, byte first, int bits, int value)
    {
        var most = (1 << bits) - 1;
        if (value < most)
        {
            bytes[0] = (byte)(first | value);
            return 1;
        }

        bytes[0] = (byte)(first | most);
        var at = 1;
        for (value -= most; value >= 0x80; value >>= 7)
        {
            bytes[at++] = (byte)(value | 0x80);
        }

        bytes[at++] = (byte)value;
        return at;
    }
}
