using System.Buffers;

namespace Banyan.Wire.Http2;

/// <summary>What a connection wrote and nobody has sent yet. Owns no memory while it is empty.</summary>
public sealed class Http2Output
{
    private const int FirstSize = 4 * 1024;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>How many bytes there are.</summary>
    public int Length => _end - _start;

    /// <summary>The bytes, valid until the connection's next event or call.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, Length);

    /// <summary>The first bytes were sent.</summary>
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

    // Room behind the bytes; Written says how much of it was used.
    internal Span<byte> Room(int atLeast)
    {
        if (_bytes.Length - _end < atLeast)
        {
            Grow(atLeast);
        }

        return _bytes.AsSpan(_end);
    }

    internal void Written(int count) => _end += count;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _end += bytes.Length;
    }

    internal void Frame(FrameHeader header)
    {
        header.Write(Room(FrameHeader.Size));
        _end += FrameHeader.Size;
    }

    // Where the next byte goes, counted from the first unsent one.
    internal int Mark() => Length;

    // What was written since a mark.
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
