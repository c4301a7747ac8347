using System.Buffers.Binary;

namespace Banyan.Gateway.Routing;

/// <summary>
/// A byte string that tables are keyed by. Up to 16 bytes stand in the value itself, so that comparing one costs no fetch beyond the node or entry it is part of:
/// among thousands of routes fetches are what a look-up costs.
/// </summary>
internal readonly struct ByteText
{
    private const int MostInline = 16;

    private readonly ulong _head;
    private readonly ulong _tail;
    private readonly byte[]? _bytes;

    /// <summary>Takes the array; nobody may change it any more.</summary>
    public ByteText(byte[] bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
        (_head, _tail) = bytes.Length <= MostInline ? Ends(bytes) : default;
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    public ReadOnlySpan<byte> Span => _bytes;

    public bool Equals(ReadOnlySpan<byte> other)
    {
        if (other.Length != Length)
        {
            return false;
        }

        if (Length > MostInline)
        {
            return other.SequenceEqual(_bytes);
        }

        var (head, tail) = Ends(other);
        return head == _head && tail == _tail;
    }

    // Both ends overlap where there is less than two of them; together they are every byte.
    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<byte> text) => text.Length switch
    {
        >= sizeof(ulong) => (BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..])),
        >= sizeof(uint) => (BinaryPrimitives.ReadUInt32LittleEndian(text), BinaryPrimitives.ReadUInt32LittleEndian(text[^sizeof(uint)..])),
        0 => default,
        _ => (text[0], text[^1] | ((ulong)text[text.Length / 2] << 8)),
    };
}
