using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Tests.Retries;

public sealed class RetryRuleTests
{
    private const RetryOn Usual = RetryOn.ConnectFailure | RetryOn.Reset;

    private static readonly AttemptEnd[] Provable = [AttemptEnd.NotConnected, AttemptEnd.Unprocessed];

    [Fact]
    public void Decide_is_yes_exactly_where_twice_is_what_once_is()
    {
        var all = from end in Enum.GetValues<AttemptEnd>() from method in Enum.GetValues<MethodPromise>() select (end, method);

        Assert.All(all, c =>
        {
            var safe = Provable.Contains(c.end)
                || (c.end == AttemptEnd.FreshClosed && c.method == MethodPromise.Safe)
                || (c.end is not (AttemptEnd.FreshClosed or AttemptEnd.Underway) && c.method != MethodPromise.None);
            Assert.Equal(safe ? RetryVerdict.Retry : RetryVerdict.NotProvablySafe, RetryRule.Decide(Case(c.end, c.method), 3, Usual));
        });
    }

    [Theory]
    [InlineData(AttemptEnd.NotConnected, RetryOn.Reset)]
    [InlineData(AttemptEnd.Unprocessed, RetryOn.Reset)]
    [InlineData(AttemptEnd.ReusedClosed, RetryOn.ConnectFailure)]
    [InlineData(AttemptEnd.FreshClosed, RetryOn.ConnectFailure)]
    [InlineData(AttemptEnd.FreshClosed, RetryOn.None)]
    internal void Decide_leaves_out_what_the_route_does_not_want(AttemptEnd end, RetryOn wanted) =>
        Assert.Equal(RetryVerdict.NotWanted, RetryRule.Decide(Case(end, MethodPromise.Safe), 3, wanted));

    [Fact]
    public void Decide_says_what_is_in_the_way()
    {
        var retry = Case(AttemptEnd.NotConnected, MethodPromise.Safe);

        Assert.Equal(RetryVerdict.NotWhole, RetryRule.Decide(retry with { AnswerBegun = true }, 3, Usual));
        Assert.Equal(RetryVerdict.NotWhole, RetryRule.Decide(retry with { BodyWhole = false, HasBody = true }, 3, Usual));
        Assert.Equal(RetryVerdict.NoAttempts, RetryRule.Decide(retry with { Attempts = 3 }, 3, Usual));
        Assert.Equal(RetryVerdict.NoTime, RetryRule.Decide(retry with { RemainingTicks = 0 }, 3, Usual));
        Assert.Equal(RetryVerdict.NotProvablySafe, RetryRule.Decide(Case(AttemptEnd.ReusedClosed, MethodPromise.Safe) with { Upgrade = true }, 3, Usual));
        Assert.Equal(RetryVerdict.NotProvablySafe, RetryRule.Decide(Case(AttemptEnd.FreshClosed, MethodPromise.Safe) with { HasBody = true }, 3, Usual));
        Assert.Equal(RetryVerdict.Retry, RetryRule.Decide(retry with { Upgrade = true, HasBody = true }, 3, Usual));
    }

    [Fact]
    public void NeedsBudget_where_an_instance_may_have_worked() =>
        Assert.All(Enum.GetValues<AttemptEnd>(), end => Assert.Equal(!Provable.Contains(end), RetryRule.NeedsBudget(end)));

    [Fact]
    public void Hedge_waits_for_the_95th_percentile_of_enough_answers()
    {
        var settings = new RetrySettings { Hedge = true };
        var latencies = new LatencyHistogram();
        for (var i = 1; i <= 99; i++)
        {
            latencies.Add(i * TimeSpan.TicksPerMillisecond);
        }

        Assert.Equal(0, HedgeRule.DelayTicks(settings, latencies));
        latencies.Add(100 * TimeSpan.TicksPerMillisecond);
        Assert.InRange(HedgeRule.DelayTicks(settings, latencies), 95 * TimeSpan.TicksPerMillisecond, 108 * TimeSpan.TicksPerMillisecond);
        Assert.Equal(0, HedgeRule.DelayTicks(settings with { Hedge = false }, latencies));
        Assert.Equal(TimeSpan.FromSeconds(1).Ticks, HedgeRule.DelayTicks(settings with { HedgeMinDelay = TimeSpan.FromSeconds(1) }, latencies));

        Assert.True(HedgeRule.Allows(MethodPromise.Safe, hasBody: false, upgrade: false));
        Assert.False(HedgeRule.Allows(MethodPromise.Idempotent, hasBody: false, upgrade: false));
        Assert.False(HedgeRule.Allows(MethodPromise.Safe, hasBody: true, upgrade: false));
        Assert.False(HedgeRule.Allows(MethodPromise.Safe, hasBody: false, upgrade: true));
    }

    private static RetryCase Case(AttemptEnd end, MethodPromise method) => new() { End = end, Method = method, BodyWhole = true, Attempts = 1, RemainingTicks = 1 };
}
