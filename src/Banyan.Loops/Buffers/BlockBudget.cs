namespace Banyan.Loops.Buffers;

/// <summary>How many bytes of blocks all loops of a process may hold together. Safe for concurrent use.</summary>
public sealed class BlockBudget
{
    private long _used;
    private long _refused;

    /// <summary>A budget; at least one block of every pool should fit.</summary>
    public BlockBudget(long limitBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limitBytes);
        LimitBytes = limitBytes;
    }

    /// <summary>The ceiling, in bytes.</summary>
    public long LimitBytes { get; }

    /// <summary>Bytes held in blocks now, rented and kept for reuse.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>How often a block was refused because of the ceiling.</summary>
    public long Refused => Volatile.Read(ref _refused);

    internal bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= LimitBytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        Interlocked.Increment(ref _refused);
        return false;
    }

    internal void GiveBack(int bytes) => Interlocked.Add(ref _used, -bytes);
}
