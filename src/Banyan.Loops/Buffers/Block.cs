namespace Banyan.Loops.Buffers;

/// <summary>
/// A piece of memory that a connection rents only while it has something to keep: a head that was cut, or bytes the other side did not take yet. What is kept lies
/// between <see cref="Start"/> and <see cref="End"/>.
/// </summary>
public sealed class Block
{
    private readonly byte[] _bytes;

    // Pinned, so that nothing moves it while the system writes into it, and it never makes the collector copy.
    internal Block(int size) => _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    /// <summary>The block after this one, for an owner that chains them; the pool uses it while the block is free.</summary>
    public Block? Next { get; set; }

    /// <summary>Where what is kept begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where what is kept ends.</summary>
    public int End { get; private set; }

    /// <summary>Size of the block in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>True when nothing is kept.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>What is kept.</summary>
    public Span<byte> Kept => _bytes.AsSpan(Start, End - Start);

    /// <summary>The room behind what is kept.</summary>
    public Span<byte> Free => _bytes.AsSpan(End);

    /// <summary>The whole of it, for operations that go on beyond a call.</summary>
    internal Memory<byte> Memory => _bytes;

    internal bool IsFree { get; set; }

    /// <summary>Bytes were written at the beginning of <see cref="Free"/>.</summary>
    public void Add(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - End), nameof(count));
        End += count;
    }

    /// <summary>Bytes at the beginning of <see cref="Kept"/> are no longer needed. An emptied block has its whole room again.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(End - Start), nameof(count));
        Start += count;
        if (Start == End)
        {
            Start = 0;
            End = 0;
        }
    }

    /// <summary>Copies as much as there is room for; how much that was.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, _bytes.Length - End);
        bytes[..count].CopyTo(Free);
        End += count;
        return count;
    }

    /// <summary>Moves what is kept to the front, so that all room is behind it.</summary>
    public void Compact()
    {
        if (Start > 0)
        {
            Kept.CopyTo(_bytes);
            End -= Start;
            Start = 0;
        }
    }

    internal void Clear()
    {
        Start = 0;
        End = 0;
        Next = null;
    }
}
