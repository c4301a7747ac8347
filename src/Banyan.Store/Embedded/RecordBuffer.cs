using System.Buffers.Binary;

namespace Banyan.Store.Embedded;

/// <summary>Bytes of a record that grows: used again for each.</summary>
internal sealed class RecordBuffer
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; } = RecordFormat.RecordHeader;

    public bool IsEmpty => Length == RecordFormat.RecordHeader;

    public void Clear()
    {
        Length = RecordFormat.RecordHeader;
        if (_bytes.Length > 16 << 20)
        {
            // One giant must not be paid for for ever.
            _bytes = new byte[4096];
        }
    }

    public ReadOnlySpan<byte> Seal(RecordType type, long revision)
    {
        var record = _bytes.AsSpan(0, Length);
        RecordFormat.Seal(record, type, revision);
        return record;
    }

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Number(long value)
    {
        Reserve(10);
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            _bytes[Length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _bytes[Length++] = (byte)rest;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        }
    }
}

/// <summary>Reads what <see cref="RecordBuffer"/> wrote. Throws <see cref="InvalidDataException"/> when a record lies about its content.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        Require(1);
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return (long)value;
            }
        }

        throw new InvalidDataException("a number is too long");
    }

    public byte[] Bytes()
    {
        var length = Number();
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("a field is longer than its record");
        }

        var bytes = _rest[..(int)length].ToArray();
        _rest = _rest[(int)length..];
        return bytes;
    }

    private readonly void Require(int length)
    {
        if (_rest.Length < length)
        {
            throw new InvalidDataException("a record ends too early");
        }
    }
}
