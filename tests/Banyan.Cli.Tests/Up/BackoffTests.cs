using Banyan.Cli.Up;

namespace Banyan.Cli.Tests.Up;

public sealed class BackoffTests
{
    [Fact]
    public void Quick_ends_wait_longer_each_time_up_to_a_limit()
    {
        var backoff = new Backoff();

        var waits = Enumerable.Range(0, 9).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds).ToArray();

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], waits);
        Assert.Equal(9, backoff.QuickEnds);
    }

    [Fact]
    public void A_program_that_ran_for_a_while_starts_again_soon()
    {
        var backoff = new Backoff();
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromMilliseconds(500), backoff.Next(Backoff.Healthy));
        Assert.Equal(0, backoff.QuickEnds);
    }
}
