using Banyan.Loops.Buffers;

namespace Banyan.Loops.Tests.Buffers;

public sealed class BlockPoolTests
{
    [Fact]
    public void TryRent_up_to_the_ceiling_then_null_and_again_after_a_return()
    {
        var budget = new BlockBudget(2500);
        var one = new BlockPool(1000, 8, budget);
        var other = new BlockPool(1000, 8, budget);
        var first = one.TryRent()!;
        Assert.NotNull(other.TryRent());

        Assert.Null(one.TryRent());
        Assert.Equal((2000, 1), (budget.UsedBytes, budget.Refused));
        one.Return(first);
        Assert.Same(first, one.TryRent());
    }

    [Fact]
    public void Return_beyond_what_is_kept_gives_bytes_back_to_the_budget()
    {
        var budget = new BlockBudget(10_000);
        var pool = new BlockPool(1000, 1, budget);
        var blocks = new[] { pool.TryRent()!, pool.TryRent()!, pool.TryRent()! };
        Assert.Equal((3, 3000), (pool.Rented, budget.UsedBytes));

        foreach (var block in blocks)
        {
            pool.Return(block);
        }

        Assert.Equal((0, 1, 1000), (pool.Rented, pool.Kept, budget.UsedBytes));
        pool.Drop();
        Assert.Equal(0, budget.UsedBytes);
    }

    [Fact]
    public void Return_twice_or_to_another_pool_is_refused()
    {
        var budget = new BlockBudget(10_000);
        var pool = new BlockPool(1000, 4, budget);
        var block = pool.TryRent()!;
        Assert.Throws<InvalidOperationException>(() => new BlockPool(2000, 4, budget).Return(block));
        pool.Return(block);

        Assert.Throws<InvalidOperationException>(() => pool.Return(block));
    }

    [Fact]
    public void Block_keeps_what_was_appended_until_consumed()
    {
        var block = new BlockPool(8, 1, new BlockBudget(100)).TryRent()!;
        Assert.Equal(5, block.Append("hello"u8));
        Assert.Equal(3, block.Append("world"u8));
        Assert.Equal("hellowor"u8, block.Kept);
        Assert.Equal(0, block.Free.Length);

        block.Consume(6);
        Assert.Equal("or"u8, block.Kept);
        block.Compact();
        Assert.Equal((0, 2, 6), (block.Start, block.End, block.Free.Length));
        Assert.Equal("or"u8, block.Kept);

        block.Consume(2);
        Assert.True(block.IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => block.Consume(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => block.Add(9));
    }

    [Fact]
    public void TryRent_of_a_returned_block_is_empty()
    {
        var pool = new BlockPool(8, 1, new BlockBudget(100));
        var block = pool.TryRent()!;
        block.Append("secret"u8);
        pool.Return(block);

        Assert.True(pool.TryRent()!.IsEmpty);
    }
}
