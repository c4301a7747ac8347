namespace Banyan.Wire;

/// <summary>A part of the bytes a parser was given, as offsets: it stays valid when the buffer moves, and holds nothing alive.</summary>
/// <param name="Start">First byte, counted from the start of the bytes given.</param>
/// <param name="Length">Number of bytes; 0 for what is absent or empty.</param>
public readonly record struct Slice(int Start, int Length)
{
    /// <summary>The offset behind the last byte.</summary>
    public int End => Start + Length;

    /// <summary>True when there is not one byte.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The slice's bytes. <paramref name="bytes"/> must begin where the parsed bytes began.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, Length);
}
