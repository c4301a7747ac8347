using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2.Hpack;

/// <summary>
/// The fields one direction of a connection remembers, the youngest first (RFC 7541 section 2.3.2). Takes memory only when a field is added, and at most about
/// three times what it may remember.
/// </summary>
internal sealed class DynamicTable(int maxSize)
{
    // What RFC 7541 section 4.1 adds to name and value.
    private const int Overhead = 32;
    private const int FirstBytes = 512;
    private const int FirstEntries = 16;

    private byte[] _bytes = [];
    private Entry[] _entries = [];
    private int _end;
    private int _oldest;

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their size.</summary>
    public int Size { get; private set; }

    /// <summary>The largest size.</summary>
    public int MaxSize { get; private set; } = maxSize;

    /// <summary>How many fields were ever added: the number of the youngest.</summary>
    public long Added { get; private set; }

    /// <summary>Name of the field at a place; 0 is the youngest.</summary>
    public ReadOnlySpan<byte> Name(int place)
    {
        ref readonly var entry = ref At(place);
        return _bytes.AsSpan(entry.Start, entry.NameLength);
    }

    /// <summary>Value of the field at a place.</summary>
    public ReadOnlySpan<byte> Value(int place)
    {
        ref readonly var entry = ref At(place);
        return _bytes.AsSpan(entry.Start + entry.NameLength, entry.ValueLength);
    }

    /// <summary>Which name the field at a place has.</summary>
    public FieldId Id(int place) => At(place).Id;

    /// <summary>Adds a field; one too large for the table empties it and is not added.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, FieldId id)
    {
        var length = name.Length + value.Length;
        Added++;
        Evict(MaxSize - length - Overhead);
        if (length + Overhead > MaxSize)
        {
            return;
        }

        MakeRoom(length);
        name.CopyTo(_bytes.AsSpan(_end));
        value.CopyTo(_bytes.AsSpan(_end + name.Length));
        _entries[(_oldest + Count) & (_entries.Length - 1)] = new Entry(_end, name.Length, value.Length, id);
        _end += length;
        Count++;
        Size += length + Overhead;
    }

    /// <summary>Sets the largest size, and forgets what does not fit it.</summary>
    public void Resize(int size)
    {
        MaxSize = size;
        Evict(size);
    }

    // Forgets the oldest until the size is at most this.
    private void Evict(int size)
    {
        while (Size > size && Count > 0)
        {
            ref readonly var oldest = ref _entries[_oldest];
            Size -= oldest.NameLength + oldest.ValueLength + Overhead;
            _oldest = (_oldest + 1) & (_entries.Length - 1);
            Count--;
        }

        if (Count == 0)
        {
            _end = 0;
        }
    }

    private void MakeRoom(int length)
    {
        if (Count == _entries.Length)
        {
            var more = new Entry[Math.Max(FirstEntries, _entries.Length * 2)];
            for (var i = 0; i < Count; i++)
            {
                more[i] = _entries[(_oldest + i) & (_entries.Length - 1)];
            }

            _entries = more;
            _oldest = 0;
        }

        if (_bytes.Length - _end >= length)
        {
            return;
        }

        // Moved to the front; with twice the room for what may be there, this happens once in as many bytes.
        var live = Size - (Count * Overhead);
        var start = Count == 0 ? 0 : _entries[_oldest].Start;
        var bytes = _bytes.Length >= 2 * (live + length) ? _bytes : new byte[Math.Max(FirstBytes, Math.Min(2 * MaxSize, 4 * (live + length)))];
        _bytes.AsSpan(start, live).CopyTo(bytes);
        _bytes = bytes;
        for (var i = 0; i < Count; i++)
        {
            _entries[(_oldest + i) & (_entries.Length - 1)].Start -= start;
        }

        _end = live;
    }

    private ref Entry At(int place) => ref _entries[(_oldest + Count - 1 - place) & (_entries.Length - 1)];

    private struct Entry(int start, int nameLength, int valueLength, FieldId id)
    {
        public int Start = start;
        public readonly int NameLength = nameLength;
        public readonly int ValueLength = valueLength;
        public readonly FieldId Id = id;
    }
}
