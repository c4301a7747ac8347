using Banyan.Gateway.Retries;

namespace Banyan.Gateway.Tests.Retries;

public sealed class RetryBudgetTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void TryBegin_admits_the_share_of_what_is_in_progress()
    {
        var budget = new RetryBudget(new RetrySettings { MinPerSecond = 0 });

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => budget.TryBegin(100, Second)));
        Assert.Equal((20, 80), (budget.Retrying, budget.Refused));
        Assert.False(budget.TryBegin(104, Second));

        budget.End();
        Assert.True(budget.TryBegin(100, Second));
        Assert.False(budget.TryBegin(0, Second));
    }

    [Fact]
    public void TryBegin_admits_the_minimum_each_second_when_little_is_in_progress()
    {
        var budget = new RetryBudget(new RetrySettings { MinPerSecond = 10 });
        Assert.Equal(10, Take(Second));
        Assert.Equal(0, Take(Second));
        Assert.Equal(5, Take(Second + (Second / 2)));
        Assert.Equal(10, Take(9 * Second));

        int Take(long now)
        {
            var count = 0;
            for (var i = 0; i < 50; i++)
            {
                if (budget.TryBegin(1, now))
                {
                    count++;
                    budget.End();
                }
            }

            return count;
        }
    }

    [Fact]
    public async Task TryBegin_by_four_threads_never_goes_over()
    {
        var budget = new RetryBudget(new RetrySettings { MinPerSecond = 0 });
        var (admitted, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (budget.TryBegin(10, Second))
                {
                    var now = Interlocked.Increment(ref admitted);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref admitted);
                    budget.End();
                }
            }
        })));

        Assert.InRange(most, 1, 2);
        Assert.Equal(0, budget.Retrying);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
