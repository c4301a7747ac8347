using System.Runtime.InteropServices;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2.Hpack;

/// <summary>
/// Writes compressed heads (RFC 7541). A field is remembered when it comes a second time, so that what is different in each message (lengths, identifiers) does not
/// push out what repeats; credentials never are. Texts are written plain: Huffman would save few bytes and cost both sides time.
/// </summary>
internal sealed class HpackEncoder
{
    private const int SlotCount = 64;
    private const byte Remembered = 0x40;
    private const byte NeverRemembered = 0x10;
    private const byte SizeUpdate = 0x20;

    private static readonly FieldSet Secret = FieldSet.Of(FieldId.Authorization, FieldId.ProxyAuthorization, FieldId.Cookie, FieldId.SetCookie);

    private static readonly FieldSet Volatile = FieldSet.Of(FieldId.ContentLength, FieldId.ETag, FieldId.TraceParent, FieldId.IdempotencyKey, FieldId.Location);

    private readonly int _maxTableSize;
    private readonly DynamicTable _table;

    // By hash: the fields seen of late, and as which one of the table's.
    private readonly Slot[] _slots = new Slot[SlotCount];
    // The sizes of the table since the last head, which must be told: the smallest, and the present one when that is different.
    private int _smallest;
    private bool _resized;

    /// <summary>An encoder at the start of a connection.</summary>
    /// <param name="maxTableSize">How much it will remember at most.</param>
    public HpackEncoder(int maxTableSize)
    {
        _maxTableSize = maxTableSize;
        _table = new DynamicTable(maxTableSize);
        _smallest = maxTableSize;
        _resized = maxTableSize < HpackDecoder.DefaultTableSize;
    }

    /// <summary>The most bytes a field of this many takes.</summary>
    public static int MaxSize(int nameAndValue) => nameAndValue + (3 * HpackInteger.MaxSize);

    /// <summary>The peer said how much it will remember.</summary>
    public void Resize(int size)
    {
        size = Math.Min(size, _maxTableSize);
        if (size != _table.MaxSize)
        {
            _table.Resize(size);
            _smallest = _resized ? Math.Min(_smallest, size) : size;
            _resized = true;
        }
    }

    /// <summary>Writes what must come before the first field of a head; returns how many bytes.</summary>
    public int Begin(Span<byte> bytes)
    {
        if (!_resized)
        {
            return 0;
        }

        _resized = false;
        var at = _smallest < _table.MaxSize ? HpackInteger.Write(bytes, SizeUpdate, 5, _smallest) : 0;
        return at + HpackInteger.Write(bytes[at..], SizeUpdate, 5, _table.MaxSize);
    }

    /// <summary>Writes a field of the static table; returns how many bytes.</summary>
    public static int Indexed(Span<byte> bytes, int index) => HpackInteger.Write(bytes, 0x80, 7, index);

    /// <summary>Writes a field whose name is in the static table and whose value is not worth remembering; returns how many bytes.</summary>
    public static int Plain(Span<byte> bytes, int index, ReadOnlySpan<byte> value)
    {
        var at = HpackInteger.Write(bytes, 0, 4, index);
        return at + Text(bytes[at..], value);
    }

    /// <summary>Writes a field; returns how many bytes, at most <see cref="MaxSize"/>.</summary>
    /// <param name="bytes">Where to.</param>
    /// <param name="name">In lower case.</param>
    /// <param name="value">As it is.</param>
    /// <param name="id">Which name it is, when it is a known one.</param>
    public int Field(Span<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, FieldId id)
    {
        var index = StaticTable.Find(id);
        if (Secret.Contains(id) || Volatile.Contains(id) || name.Length + value.Length > _table.MaxSize >> 2)
        {
            return Literal(bytes, Secret.Contains(id) ? NeverRemembered : (byte)0, 4, index, name, value);
        }

        var hash = Hash(name, value);
        ref var slot = ref _slots[(int)(hash >> 16) & (SlotCount - 1)];
        if (slot.Hash != hash)
        {
            slot = new Slot(hash, 0);
            return Literal(bytes, 0, 4, index, name, value);
        }

        var place = slot.Number == 0 ? long.MaxValue : _table.Added - slot.Number;
        if (place < _table.Count)
        {
            return _table.Name((int)place).SequenceEqual(name) && _table.Value((int)place).SequenceEqual(value)
                ? Indexed(bytes, StaticTable.Count + 1 + (int)place)
                : Literal(bytes, 0, 4, index, name, value);
        }

        _table.Add(name, value, id);
        slot = new Slot(hash, _table.Added);
        return Literal(bytes, Remembered, 6, index, name, value);
    }

    private static int Literal(Span<byte> bytes, byte first, int bits, int index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var at = HpackInteger.Write(bytes, first, bits, index);
        if (index == 0)
        {
            at += Text(bytes[at..], name);
        }

        return at + Text(bytes[at..], value);
    }

    private static int Text(Span<byte> bytes, ReadOnlySpan<byte> text)
    {
        var at = HpackInteger.Write(bytes, 0, 7, text.Length);
        text.CopyTo(bytes[at..]);
        return at + text.Length;
    }

    // Not for adversaries: a collision costs a few bytes on the wire.
    private static uint Hash(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => (uint)(Mix(Mix(1, name), value) >> 32) | 1;

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> text)
    {
        const ulong Factor = 0x9e3779b97f4a7c15;
        foreach (var part in MemoryMarshal.Cast<byte, ulong>(text))
        {
            hash = (hash ^ part) * Factor;
            hash ^= hash >> 29;
        }

        foreach (var part in text[(text.Length & ~7)..])
        {
            hash = (hash ^ part) * Factor;
        }

        return (hash ^ (uint)text.Length) * Factor;
    }

    private readonly record struct Slot(uint Hash, long Number);
}
