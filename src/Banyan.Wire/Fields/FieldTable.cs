using System.Runtime.CompilerServices;
using System.Text;

namespace Banyan.Wire.Fields;

/// <summary>The fields of one section, in the order they came. Reused from message to message; grows to the largest seen and then allocates no more.</summary>
public sealed class FieldTable
{
    private Field[] _fields = new Field[32];
    private ulong _seen;
    private ulong _repeated;

    /// <summary>How many field lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>The field line at this place.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ref readonly Field this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return ref _fields[index];
        }
    }

    /// <summary>True when a field of this known name is there.</summary>
    public bool Has(FieldId id) => (_seen & FieldSet.Bit(id)) != 0;

    /// <summary>True when at least one of these names is there.</summary>
    public bool HasAny(FieldSet ids) => (_seen & ids.Bits) != 0;

    /// <summary>True when a field of this known name is there more than once.</summary>
    public bool IsRepeated(FieldId id) => (_repeated & FieldSet.Bit(id)) != 0;

    /// <summary>The place of the first field of a known name at or behind <paramref name="from"/>; -1 when there is none.</summary>
    public int Find(FieldId id, int from = 0)
    {
        if (Has(id))
        {
            for (var i = from; i < Count; i++)
            {
                if (_fields[i].Id == id)
                {
                    return i;
                }
            }
        }

        return -1;
    }

    /// <summary>The place of the first field of any name at or behind <paramref name="from"/>; -1 when there is none.</summary>
    /// <param name="bytes">The bytes the fields were parsed from.</param>
    /// <param name="name">A token, in any case.</param>
    /// <param name="from">Where to begin.</param>
    public int Find(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, int from = 0)
    {
        var id = FieldNames.Identify(name);
        if (id != FieldId.Unknown)
        {
            return Find(id, from);
        }

        for (var i = from; i < Count; i++)
        {
            if (_fields[i].Id == FieldId.Unknown && Ascii.EqualsIgnoreCase(_fields[i].Name.Of(bytes), name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The value of the first field of a known name; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes, FieldId id)
    {
        var index = Find(id);
        return index < 0 ? default : _fields[index].Value.Of(bytes);
    }

    internal void Clear()
    {
        Count = 0;
        _seen = 0;
        _repeated = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(int nameStart, int nameLength, int valueStart, int valueLength, FieldId id)
    {
        var fields = _fields;
        var count = Count;
        if ((uint)count >= (uint)fields.Length)
        {
            fields = Grow();
        }

        var bit = FieldSet.Bit(id);
        fields[count].Set(nameStart, nameLength, valueStart, valueLength, id, (FieldSet.Hop.Bits & bit) != 0);
        Count = count + 1;
        _repeated |= _seen & bit;
        _seen |= bit;
    }

    internal void MarkHop(int index) => _fields[index].IsHop = true;

    // Marks every field of these names.
    internal void MarkHop(FieldSet ids)
    {
        if (!HasAny(ids))
        {
            return;
        }

        for (var i = 0; i < Count; i++)
        {
            if (ids.Contains(_fields[i].Id))
            {
                MarkHop(i);
            }
        }
    }

    // Marks every field of this name, which is not a known one.
    internal void MarkHop(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name)
    {
        for (var i = Find(bytes, name); i >= 0; i = Find(bytes, name, i + 1))
        {
            MarkHop(i);
        }
    }

    private Field[] Grow()
    {
        Array.Resize(ref _fields, _fields.Length * 2);
        return _fields;
    }
}
