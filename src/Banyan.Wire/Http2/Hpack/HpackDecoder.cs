using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2.Hpack;

/// <summary>Reads compressed heads (RFC 7541), one after another: each may change what the next one means.</summary>
/// <param name="maxTableSize">The size of the table that the peer was told.</param>
internal sealed class HpackDecoder(int maxTableSize)
{
    /// <summary>The size of the table unless another was agreed on (RFC 9113 section 6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    private readonly DynamicTable _table = new(maxTableSize);

    /// <summary>The size of the table and what is in it.</summary>
    public DynamicTable Table => _table;

    /// <summary>Reads one whole head into <paramref name="head"/>; false when it is broken, and then so is everything after it.</summary>
    public bool TryDecode(ReadOnlySpan<byte> block, Http2Head head)
    {
        head.Clear();
        var at = 0;
        var begun = false;
        while (at < block.Length)
        {
            int index;
            var first = block[at];
            if (first >= 0x80)
            {
                if (!HpackInteger.TryRead(block, ref at, 7, out index) || !TryIndexed(index, head))
                {
                    return false;
                }
            }
            else if (first >= 0x40)
            {
                if (!HpackInteger.TryRead(block, ref at, 6, out index) || !TryLiteral(block, ref at, index, head, remember: true))
                {
                    return false;
                }
            }
            else if (first >= 0x20)
            {
                // Only before the first field (RFC 7541 section 4.2).
                if (begun || !HpackInteger.TryRead(block, ref at, 5, out var size) || size > maxTableSize)
                {
                    return false;
                }

                _table.Resize(size);
                continue;
            }
            else if (!HpackInteger.TryRead(block, ref at, 4, out index) || !TryLiteral(block, ref at, index, head, remember: false))
            {
                return false;
            }

            begun = true;
        }

        head.End();
        return true;
    }

    private bool TryIndexed(int index, Http2Head head)
    {
        if (index == 0 || index > StaticTable.Count + _table.Count)
        {
            return false;
        }

        if (index <= StaticTable.Count)
        {
            head.Add(StaticTable.Name(index), StaticTable.Value(index), StaticTable.Id(index));
        }
        else
        {
            var place = index - StaticTable.Count - 1;
            head.Add(_table.Name(place), _table.Value(place), _table.Id(place));
        }

        return true;
    }

    private bool TryLiteral(ReadOnlySpan<byte> block, ref int at, int index, Http2Head head, bool remember)
    {
        if (index > StaticTable.Count + _table.Count)
        {
            return false;
        }

        var start = head.Length;
        FieldId id;
        if (index == 0)
        {
            if (!TryText(block, ref at, head))
            {
                return false;
            }

            // Names that are no tokens are refused when the field is added; Identify wants tokens only, but others cannot match more than a known name's bits.
            id = FieldNames.Identify(head.Since(start));
        }
        else if (index <= StaticTable.Count)
        {
            head.Append(StaticTable.Name(index));
            id = StaticTable.Id(index);
        }
        else
        {
            var place = index - StaticTable.Count - 1;
            head.Append(_table.Name(place));
            id = _table.Id(place);
        }

        var nameLength = head.Length - start;
        if (!TryText(block, ref at, head))
        {
            return false;
        }

        if (remember)
        {
            var field = head.Since(start);
            _table.Add(field[..nameLength], field[nameLength..], id);
        }

        head.Commit(start, nameLength, id);
        return true;
    }

    private static bool TryText(ReadOnlySpan<byte> block, ref int at, Http2Head head)
    {
        if (at >= block.Length)
        {
            return false;
        }

        var coded = block[at] >= 0x80;
        if (!HpackInteger.TryRead(block, ref at, 7, out var length) || length > block.Length - at)
        {
            return false;
        }

        var text = block.Slice(at, length);
        at += length;
        if (!coded)
        {
            head.Append(text);
            return true;
        }

        var decoded = Huffman.Decode(text, head.Room(Huffman.MaxDecoded(length)));
        head.Written(Math.Max(0, decoded));
        return decoded >= 0;
    }
}
