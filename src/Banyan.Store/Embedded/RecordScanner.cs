using System.Buffers;
using System.Buffers.Binary;

namespace Banyan.Store.Embedded;

/// <summary>Reads the records of a file one after the other, through one buffer.</summary>
internal sealed class RecordScanner(IStoreFile file, long start) : IDisposable
{
    private readonly long _length = file.Length;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
    private int _begin;
    private int _end;

    /// <summary>Where the record read last begins.</summary>
    public long Offset { get; private set; } = start;

    /// <summary>Where the next one begins.</summary>
    public long Next { get; private set; } = start;

    /// <summary>False at the end and where no whole valid record begins; <see cref="Next"/> says where that is.</summary>
    public bool TryNext(out RecordType type, out long revision, out ReadOnlySpan<byte> payload)
    {
        type = default;
        revision = 0;
        payload = default;
        if (!Fill(RecordFormat.RecordHeader))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_begin));
        if (length is < 1 or > RecordFormat.MaxPayload || !Fill(RecordFormat.RecordHeader + length)
            || !RecordFormat.TryRead(_buffer.AsSpan(_begin, RecordFormat.RecordHeader + length), out type, out revision, out payload))
        {
            return false;
        }

        Offset = Next;
        Next += RecordFormat.RecordHeader + length;
        _begin += RecordFormat.RecordHeader + length;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool Fill(int needed)
    {
        if (_end - _begin >= needed)
        {
            return true;
        }

        if (_length - Next < needed)
        {
            return false;
        }

        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        }

        (_begin, _end) = (0, _end - _begin);
        var want = (int)Math.Min(_buffer.Length - _end, _length - Next - _end);
        _end += file.Read(Next + _end, _buffer.AsSpan(_end, want));
        return _end >= needed;
    }
}
