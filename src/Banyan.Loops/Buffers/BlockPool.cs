namespace Banyan.Loops.Buffers;

/// <summary>Blocks of one size for one loop. Used on the loop's thread only; the counts may be read from anywhere.</summary>
public sealed class BlockPool
{
    private readonly BlockBudget _budget;
    private readonly int _keep;

    private Block? _free;
    private int _freeCount;
    private int _rented;

    /// <summary>A pool.</summary>
    /// <param name="blockSize">Bytes a block.</param>
    /// <param name="keep">Free blocks to keep; more go back to the budget and the collector.</param>
    /// <param name="budget">What all pools share.</param>
    public BlockPool(int blockSize, int keep, BlockBudget budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        BlockSize = blockSize;
        _keep = keep;
        _budget = budget;
    }

    /// <summary>Bytes a block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks in use.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Blocks kept for reuse.</summary>
    public int Kept => Volatile.Read(ref _freeCount);

    /// <summary>An empty block; null when the budget is used up, which the renter answers by shedding.</summary>
    public Block? TryRent()
    {
        var block = _free;
        if (block is not null)
        {
            _free = block.Next;
            block.Next = null;
            block.IsFree = false;
            _freeCount--;
        }
        else if (_budget.TryTake(BlockSize))
        {
            block = new Block(BlockSize);
        }
        else
        {
            return null;
        }

        _rented++;
        return block;
    }

    /// <summary>Takes a block back, whatever it keeps.</summary>
    public void Return(Block block)
    {
        if (block.IsFree || block.Size != BlockSize)
        {
            throw new InvalidOperationException(block.IsFree
                ? "A block was returned twice, which would give it to two connections; find the second owner."
                : $"A block of {block.Size} bytes was returned to a pool of {BlockSize}; return it where it was rented.");
        }

        block.Clear();
        block.IsFree = true;
        _rented--;
        if (_freeCount < _keep)
        {
            block.Next = _free;
            _free = block;
            _freeCount++;
        }
        else
        {
            _budget.GiveBack(BlockSize);
        }
    }

    /// <summary>Gives every free block back to the budget, as when the loop ends.</summary>
    internal void Drop()
    {
        _budget.GiveBack(_freeCount * BlockSize);
        _free = null;
        _freeCount = 0;
    }
}
