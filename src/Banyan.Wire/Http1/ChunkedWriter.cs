using System.Buffers.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http1;

/// <summary>Writes the chunked coding around data: head, data, <see cref="DataEnd"/>; at last <see cref="End"/>, or the trailers (RFC 9112 section 7.1).</summary>
public static class ChunkedWriter
{
    /// <summary>The most bytes <see cref="WriteHead"/> writes.</summary>
    public const int MaxHeadLength = 18;

    /// <summary>What follows each chunk's data.</summary>
    public static ReadOnlySpan<byte> DataEnd => "\r\n"u8;

    /// <summary>The end of a body without trailers.</summary>
    public static ReadOnlySpan<byte> End => "0\r\n\r\n"u8;

    /// <summary>Writes what precedes a chunk's data.</summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="size">Bytes of data, at least 1: a chunk of 0 ends the body.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteHead(Span<byte> destination, long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (!Utf8Formatter.TryFormat(size, destination, out var length, new('x')))
        {
            throw new ArgumentException("Too short for a chunk's head. Give MaxHeadLength bytes.", nameof(destination));
        }

        DataEnd.CopyTo(destination[length..]);
        return length + DataEnd.Length;
    }

    /// <summary>Writes the end of a body with the trailers that may be passed on.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="bytes">What the trailers were parsed from.</param>
    /// <param name="trailers">The trailers.</param>
    /// <param name="written">The bytes written; 0 when the destination is too short.</param>
    /// <returns>False when the destination is too short.</returns>
    public static bool TryWriteEnd(Span<byte> destination, ReadOnlySpan<byte> bytes, FieldTable trailers, out int written)
    {
        var writer = new HeadWriter(destination);
        writer.Lines("0\r\n"u8);
        writer.Fields(bytes, trailers, default);
        writer.End();
        written = writer.Overflowed ? 0 : writer.Length;
        return !writer.Overflowed;
    }
}
