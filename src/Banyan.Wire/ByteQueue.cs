using System.Buffers;

namespace Banyan.Wire;

/// <summary>Bytes that wait: added at the end, taken from the front. Owns no memory while there are none.</summary>
public sealed class ByteQueue
{
    private const int FirstSize = 4 * 1024;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>How many bytes there are.</summary>
    public int Length => _end - _start;

    /// <summary>The bytes, valid until some are added or taken.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, Length);

    /// <summary>The first bytes are done with.</summary>
    /// <param name="count">How many; at most <see cref="Length"/>.</param>
    public void Sent(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    /// <summary>Throws everything away.</summary>
    public void Clear()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        _start = 0;
        _end = 0;
    }

    /// <summary>Room behind the bytes, at least so much; <see cref="Written"/> says how much of it was used.</summary>
    public Span<byte> Room(int atLeast)
    {
        if (_bytes.Length - _end < atLeast)
        {
            Grow(atLeast);
        }

        return _bytes.AsSpan(_end);
    }

    /// <summary>So many bytes were written into the room.</summary>
    public void Written(int count) => _end += count;

    /// <summary>Adds a copy of these.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _end += bytes.Length;
    }

    // What was written behind so many bytes.
    internal Span<byte> Since(int mark) => _bytes.AsSpan(_start + mark, Length - mark);

    internal void CutBack(int mark) => _end = _start + mark;

    private void Grow(int atLeast)
    {
        var length = Length;
        if (_bytes.Length >= length + atLeast && _start >= length)
        {
            _bytes.AsSpan(_start, length).CopyTo(_bytes);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(_bytes.Length * 2, length + atLeast)));
            _bytes.AsSpan(_start, length).CopyTo(larger);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        _start = 0;
        _end = length;
    }
}
