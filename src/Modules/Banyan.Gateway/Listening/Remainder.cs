using System.Buffers;

namespace Banyan.Gateway.Listening;

/// <summary>Bytes that were received but could not be used yet: a cut head, or a next request while one runs. Nothing is held while there are none.</summary>
internal struct Remainder
{
    private byte[]? _bytes;

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>True while they have not been offered to the exchange in its present state.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Copies them to the front of a buffer and returns how many they are.</summary>
    public readonly int CopyTo(Span<byte> buffer)
    {
        if (Length > 0)
        {
            _bytes.AsSpan(0, Length).CopyTo(buffer);
        }

        return Length;
    }

    /// <summary>Keeps these in place of what was kept.</summary>
    /// <param name="bytes">What to keep; may be empty.</param>
    /// <param name="offered">True: more bytes are needed before it makes sense to offer them again.</param>
    public void Keep(ReadOnlySpan<byte> bytes, bool offered)
    {
        if (bytes.IsEmpty)
        {
            if (Length > 0)
            {
                Clear();
            }

            return;
        }

        if (_bytes is null || _bytes.Length < bytes.Length)
        {
            Clear();
            _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        }

        bytes.CopyTo(_bytes);
        Length = bytes.Length;
        IsNew = !offered;
    }

    /// <summary>Keeps nothing.</summary>
    public void Clear()
    {
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }

        Length = 0;
        IsNew = false;
    }
}
