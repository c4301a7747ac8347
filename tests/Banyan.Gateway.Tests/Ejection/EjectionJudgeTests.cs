using Banyan.Gateway.Ejection;

namespace Banyan.Gateway.Tests.Ejection;

public sealed class EjectionJudgeTests
{
    private static readonly EjectionSettings Settings = new();

    [Theory]
    [InlineData(4, false, false)]
    [InlineData(5, false, true)]
    [InlineData(1, true, false)]
    [InlineData(2, true, true)]
    public void IsSuspect_after_failures_in_a_row_sooner_when_just_back(int streak, bool returning, bool suspect) =>
        Assert.Equal(suspect, EjectionJudge.IsSuspect(streak, returning, Settings));

    [Theory]
    [InlineData(5, false, 0.0, 100, 0, true)]
    [InlineData(5, false, 0.0, 0, 0, true)]
    [InlineData(4, false, 0.0, 0, 0, false)]
    [InlineData(10, false, 0.1, 70, 30, false)]
    [InlineData(12, false, 0.1, 70, 30, true)]
    [InlineData(10_000, false, 1.0, 0, 100, false)]
    [InlineData(5, false, 0.45, 100, 4, false)]
    [InlineData(2, true, 0.0, 100, 0, true)]
    [InlineData(2, true, 0.2, 100, 0, false)]
    public void StandsOut_needs_a_row_that_is_no_chance_at_the_peers_share(int streak, bool returning, double recent, long answered, long failed, bool standsOut) =>
        Assert.Equal(standsOut, EjectionJudge.StandsOut(streak, returning, recent, answered, failed));

    [Theory]
    [InlineData(1.0, 0.0, 0, true)]
    [InlineData(0.9, 0.9, 1, true)]
    [InlineData(0.9, 0.0, 1, false)]
    public void IsEverywhere_when_most_fail(double own, double peersSum, int peers, bool everywhere) =>
        Assert.Equal(everywhere, EjectionJudge.IsEverywhere(own, peersSum, peers));

    [Theory]
    [InlineData(60, 40, 400, 4, true)]
    [InlineData(60, 40, 240, 160, false)]
    [InlineData(95, 5, 400, 4, false)]
    [InlineData(20, 20, 400, 4, false)]
    [InlineData(44, 6, 50, 0, false)]
    [InlineData(0, 100, 0, 100, false)]
    public void StandsOutInWindow_needs_a_difference_that_is_large_and_no_chance(long answered, long failed, long peersAnswered, long peersFailed, bool standsOut) =>
        Assert.Equal(standsOut, EjectionJudge.StandsOutInWindow(answered, failed, peersAnswered, peersFailed, Settings));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(10, 5)]
    public void MaxEjected_is_the_share_and_never_all(int up, int most) => Assert.Equal(most, EjectionJudge.MaxEjected(up, Settings));

    [Fact]
    public void MaxEjected_with_a_share_of_one_still_leaves_one() => Assert.Equal(3, EjectionJudge.MaxEjected(4, Settings with { MaxShare = 1 }));

    [Fact]
    public void Next_doubles_up_to_the_longest_and_shrinks_again_after_good_times()
    {
        var ejection = EjectionJudge.Next(null, "why", Settings, jitter: 0, now: 0);
        Assert.Equal(Settings.FirstTime.Ticks, ejection.Until);

        for (var i = 2; i <= 10; i++)
        {
            var next = EjectionJudge.Next(ejection, "why", Settings, 0, ejection.Until);
            Assert.Equal(Math.Min(Settings.LongestTime.Ticks, Settings.FirstTime.Ticks << (i - 1)), next.Until - next.Since);
            ejection = next;
        }

        // Good for four times as long as it was out: two steps.
        var later = EjectionJudge.Next(ejection, "why", Settings, 0, ejection.Until + (4 * Settings.LongestTime.Ticks));
        Assert.Equal(ejection.Count + 1 - 2, later.Count);
        Assert.Equal(1, EjectionJudge.Next(ejection, "why", Settings, 0, ejection.Until + TimeSpan.FromDays(1).Ticks).Count);
    }

    [Fact]
    public void Next_adds_jitter_of_up_to_a_quarter()
    {
        Assert.Equal(Settings.FirstTime * 1.25, TimeSpan.FromTicks(EjectionJudge.Next(null, "why", Settings, 1, 0).Until));
        Assert.Equal(Settings.FirstTime * 1.125, TimeSpan.FromTicks(EjectionJudge.Next(null, "why", Settings, 0.5, 0).Until));
    }
}
