using System.Text;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;

namespace Banyan.Gateway.Tests.Retries;

public sealed class RetryRuleTests
{
    private static readonly RetrySettings Settings = new() { Attempts = 3 };

    [Fact]
    public void Decide_is_yes_exactly_in_the_provable_cases()
    {
        (AttemptEnd, MethodPromise)[] safe =
        [
            (AttemptEnd.NotConnected, MethodPromise.None), (AttemptEnd.NotConnected, MethodPromise.Idempotent), (AttemptEnd.NotConnected, MethodPromise.Safe),
            (AttemptEnd.Unprocessed, MethodPromise.None), (AttemptEnd.Unprocessed, MethodPromise.Idempotent), (AttemptEnd.Unprocessed, MethodPromise.Safe),
            (AttemptEnd.ReusedClosed, MethodPromise.Idempotent), (AttemptEnd.ReusedClosed, MethodPromise.Safe),
            (AttemptEnd.FreshClosed, MethodPromise.Safe),
        ];
        var all = from end in Enum.GetValues<AttemptEnd>() from method in Enum.GetValues<MethodPromise>() select (end, method);

        Assert.All(all, c => Assert.Equal(
            safe.Contains(c) ? RetryVerdict.Retry : RetryVerdict.NotProvablySafe,
            RetryRule.Decide(Case(c.end, c.method), Settings)));
    }

    [Fact]
    public void Decide_says_what_is_in_the_way()
    {
        var retry = Case(AttemptEnd.NotConnected, MethodPromise.Safe);

        Assert.Equal(RetryVerdict.NotWhole, RetryRule.Decide(retry with { AnswerBegun = true }, Settings));
        Assert.Equal(RetryVerdict.NotWhole, RetryRule.Decide(retry with { BodyWhole = false, HasBody = true }, Settings));
        Assert.Equal(RetryVerdict.NoAttempts, RetryRule.Decide(retry with { Attempts = 3 }, Settings));
        Assert.Equal(RetryVerdict.NoTime, RetryRule.Decide(retry with { RemainingTicks = 0 }, Settings));
        Assert.Equal(RetryVerdict.NotProvablySafe, RetryRule.Decide(Case(AttemptEnd.ReusedClosed, MethodPromise.Safe) with { Upgrade = true }, Settings));
        Assert.Equal(RetryVerdict.NotProvablySafe, RetryRule.Decide(Case(AttemptEnd.FreshClosed, MethodPromise.Safe) with { HasBody = true }, Settings));
        Assert.Equal(RetryVerdict.Retry, RetryRule.Decide(retry with { Upgrade = true, HasBody = true }, Settings));
    }

    [Theory]
    [InlineData("GET", MethodPromise.Safe)]
    [InlineData("HEAD", MethodPromise.Safe)]
    [InlineData("OPTIONS", MethodPromise.Safe)]
    [InlineData("PUT", MethodPromise.Idempotent)]
    [InlineData("DELETE", MethodPromise.Idempotent)]
    [InlineData("POST", MethodPromise.None)]
    [InlineData("PATCH", MethodPromise.None)]
    [InlineData("get", MethodPromise.None)]
    [InlineData("PROPFIND", MethodPromise.None)]
    internal void PromiseOf_knows_methods_as_they_are_written(string method, MethodPromise promise) => Assert.Equal(promise, RetryRule.PromiseOf(Encoding.ASCII.GetBytes(method)));

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
