namespace Banyan.Wire.Tracing;

/// <summary>The place of a request in a trace, as traceparent carries it (W3C Trace Context, section 3.2).</summary>
/// <param name="TraceHigh">The first 8 bytes of the trace's id.</param>
/// <param name="TraceLow">The last 8 bytes of the trace's id.</param>
/// <param name="Span">The id of the caller's span.</param>
/// <param name="Flags">Bit 0: the caller samples.</param>
public readonly record struct TraceParent(ulong TraceHigh, ulong TraceLow, ulong Span, byte Flags)
{
    /// <summary>Bytes of a traceparent of version 00.</summary>
    public const int Length = 55;

    private const int TraceStart = 3;
    private const int SpanStart = 36;
    private const int FlagsStart = 53;

    /// <summary>True when the caller samples.</summary>
    public bool IsSampled => (Flags & 1) != 0;

    /// <summary>The same trace, seen from the next span.</summary>
    /// <param name="span">The id of the new span; not 0.</param>
    public TraceParent Next(ulong span) => this with { Span = span, Flags = (byte)(Flags & 1) };

    /// <summary>
    /// Reads a value; false when it is not to be continued: wrong length, upper case, ids of zeros, version ff. Of versions above 00 the known part is read.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out TraceParent parent)
    {
        parent = default;
        if (value.Length < Length || value[2] != '-' || value[SpanStart - 1] != '-' || value[FlagsStart - 1] != '-'
            || !TryHex(value[..2], out var version) || version == 0xff
            || (value.Length > Length && (version == 0 || value[Length] != '-'))
            || !TryHex(value.Slice(TraceStart, 16), out var high) || !TryHex(value.Slice(TraceStart + 16, 16), out var low) || (high | low) == 0
            || !TryHex(value.Slice(SpanStart, 16), out var span) || span == 0
            || !TryHex(value.Slice(FlagsStart, 2), out var flags))
        {
            return false;
        }

        parent = new TraceParent(high, low, span, (byte)flags);
        return true;
    }

    /// <summary>Writes the value in version 00.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        "00-"u8.CopyTo(destination);
        WriteHex(TraceHigh, destination.Slice(TraceStart, 16));
        WriteHex(TraceLow, destination.Slice(TraceStart + 16, 16));
        destination[SpanStart - 1] = (byte)'-';
        WriteHex(Span, destination.Slice(SpanStart, 16));
        destination[FlagsStart - 1] = (byte)'-';
        WriteHex(Flags, destination.Slice(FlagsStart, 2));
    }

    // Lower case only.
    private static bool TryHex(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        foreach (var value in text)
        {
            var digit = value switch
            {
                >= (byte)'0' and <= (byte)'9' => value - '0',
                >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            number = (number << 4) | (uint)digit;
        }

        return true;
    }

    private static void WriteHex(ulong number, Span<byte> destination)
    {
        for (var i = destination.Length - 1; i >= 0; i--, number >>= 4)
        {
            destination[i] = "0123456789abcdef"u8[(int)(number & 15)];
        }
    }
}
