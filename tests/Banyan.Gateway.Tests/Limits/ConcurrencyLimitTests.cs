using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Tests.Limits;

public sealed class ConcurrencyLimitTests
{
    private static readonly ConcurrencySettings Settings = new() { Initial = 200, Min = 10, Max = 1000 };

    [Fact]
    public void Admits_sheds_the_least_important_first()
    {
        var limit = new ConcurrencyLimit(Settings);

        Assert.Equal(
            [139, 179, 199],
            new[] { RequestPriority.Low, RequestPriority.Normal, RequestPriority.High }.Select(p => Enumerable.Range(0, 300).Last(active => limit.Admits(active, p))));
    }

    [Fact]
    public void Update_shrinks_the_limit_when_answers_slow_down_and_lets_it_grow_again()
    {
        var limit = new ConcurrencyLimit(Settings);
        Run(limit, rounds: 40, latency: 100, active: l => l);
        var healthy = limit.Limit;
        Assert.InRange(healthy, 201, 1000);

        Run(limit, rounds: 40, latency: 1000, active: l => l);
        var loaded = limit.Limit;
        Assert.InRange(loaded, 10, healthy / 3);

        Run(limit, rounds: 80, latency: 100, active: l => l);
        Assert.InRange(limit.Limit, loaded + 20, 1000);
    }

    [Fact]
    public void Update_of_a_simulated_service_settles_near_what_it_can_do_at_once()
    {
        // 50 at a time in 10 ms each; what is above waits in turn.
        var limit = new ConcurrencyLimit(Settings);
        for (var i = 0; i < 400; i++)
        {
            // While few callers come the usual latency is learnt.
            var active = i < 20 ? 30 : limit.Limit;
            limit.Update((long)(10_000 * Math.Max(1, active / 50.0)), active);
        }

        Assert.InRange(limit.Limit, 50, 200);
    }

    [Fact]
    public void Update_says_nothing_about_a_limit_that_is_not_reached()
    {
        var limit = new ConcurrencyLimit(Settings);
        Run(limit, rounds: 50, latency: 100, active: _ => 20);
        Run(limit, rounds: 50, latency: 100_000, active: _ => 20);

        Assert.Equal(200, limit.Limit);
    }

    [Fact]
    public void Disabled_limit_admits_everything()
    {
        var limit = new ConcurrencyLimit(Settings with { Enabled = false });

        Assert.True(limit.Admits(1_000_000, RequestPriority.Low));
        Assert.Equal(int.MaxValue, limit.Limit);
    }

    [Theory]
    [InlineData("u=5", RequestPriority.High, RequestPriority.Low)]
    [InlineData("i, u=7", RequestPriority.Normal, RequestPriority.Low)]
    [InlineData("u=0", RequestPriority.Normal, RequestPriority.Normal)]
    [InlineData("", RequestPriority.High, RequestPriority.High)]
    [InlineData("xu=7", RequestPriority.Normal, RequestPriority.Normal)]
    internal void Priority_field_can_only_lower(string field, RequestPriority ofRoute, RequestPriority priority) =>
        Assert.Equal(priority, RequestPriorities.Of(ofRoute, System.Text.Encoding.ASCII.GetBytes(field)));

    private static void Run(ConcurrencyLimit limit, int rounds, long latency, Func<int, int> active)
    {
        for (var i = 0; i < rounds; i++)
        {
            limit.Update(latency, active(limit.Limit));
        }
    }
}
