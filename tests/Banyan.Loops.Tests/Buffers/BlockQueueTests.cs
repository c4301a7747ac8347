using Banyan.Loops.Buffers;

namespace Banyan.Loops.Tests.Buffers;

public sealed class BlockQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queue_against_a_list_of_bytes_keeps_their_order(int seed)
    {
        var random = new Random(seed);
        var pool = new BlockPool(16, 2, new BlockBudget(16 * 64));
        var queue = default(BlockQueue);
        var model = new List<byte>();
        for (var step = 0; step < 5000; step++)
        {
            if (model.Count < 500 && random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(0, 60)];
                random.NextBytes(bytes);
                Assert.True(queue.TryAdd(bytes, pool));
                model.AddRange(bytes);
            }
            else
            {
                var count = random.Next(0, Math.Min(40, model.Count) + 1);
                queue.Consume(count, pool);
                model.RemoveRange(0, count);
            }

            Assert.Equal((model.Count, model.Count == 0), (queue.Length, queue.IsEmpty));
            var seen = (byte[])[.. queue.First, .. queue.Second];
            Assert.True(seen.AsSpan().SequenceEqual(model.Take(seen.Length).ToArray()), $"seed {seed}, step {step}");
            Assert.Equal(model.Count > 0, seen.Length > 0);
        }

        queue.Clear(pool);
        Assert.Equal((0, true, 0), (queue.Length, queue.IsEmpty, pool.Rented));
    }

    [Fact]
    public void TryAdd_beyond_the_budget_is_false_and_Clear_gives_all_back()
    {
        var budget = new BlockBudget(32);
        var pool = new BlockPool(16, 0, budget);
        var queue = default(BlockQueue);

        Assert.False(queue.TryAdd(new byte[40], pool));
        Assert.Equal(32, queue.Length);
        queue.Clear(pool);

        Assert.Equal((0, 0), (pool.Rented, budget.UsedBytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Consume(1, pool));
    }
}
