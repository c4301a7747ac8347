using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Tests.Balancing;

public sealed class TurnScheduleTests
{
    [Fact]
    public void Build_interleaves_turns_as_evenly_as_weights_allow()
    {
        Assert.Equal([0, 1, 2], TurnSchedule.Build([100, 100, 100]));
        Assert.Equal([0, 0, 1, 0, 2, 0, 0], TurnSchedule.Build([500, 100, 100]));
        Assert.Equal([1, 0, 1, 0, 1], TurnSchedule.Build([100, 150]));
        Assert.Empty(TurnSchedule.Build([]));
    }

    [Fact]
    public void Build_of_weights_without_a_common_divisor_stays_bounded_and_near_proportion()
    {
        var turns = TurnSchedule.Build([997, 1, 499]);

        Assert.InRange(turns.Length, 1, TurnSchedule.MaxLength + 3);
        Assert.InRange(turns.Count(t => t == 0) / (double)turns.Length, 0.66, 0.67);
        Assert.Equal(1, turns.Count(t => t == 1));
    }

    [Fact]
    public void Build_of_more_candidates_than_turns_gives_each_one()
    {
        var weights = Enumerable.Range(1, TurnSchedule.MaxLength + 5).ToArray();

        Assert.Equal(Enumerable.Range(0, weights.Length), TurnSchedule.Build(weights).Order());
    }
}
