namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>The trace of this load context, which nothing instrumented writes to.</summary>
public sealed class EdgeTraceTests
{
    private readonly byte[] _seen = new byte[EdgeTrace.Size];

    [Fact]
    public void Edge_seen_before_is_not_new()
    {
        Assert.Equal((2, true), Trace(5, 9));
        Assert.Equal((0, false), Trace(5, 9));
    }

    [Fact]
    public void Edge_taken_the_other_way_round_is_new()
    {
        Assert.Equal((2, true), Trace(40, 90));
        Assert.Equal((2, true), Trace(90, 40));
    }

    [Fact]
    public void Edge_taken_another_number_of_times_is_new_but_no_new_edge()
    {
        // 0 leads to 0 by one edge, however often.
        Assert.Equal((1, true), Trace(0));
        Assert.Equal((0, true), Trace(0, 0));
        Assert.Equal((0, true), Trace(0, 0, 0, 0));
        Assert.Equal((0, false), Trace(0, 0, 0, 0, 0, 0, 0));
        Assert.Equal((0, true), Trace(new int[1_000]));
        Assert.Equal((0, false), Trace(new int[2_000]));
    }

    private (int Edges, bool Any) Trace(params int[] blocks)
    {
        EdgeTrace.Clear();
        foreach (var block in blocks)
        {
            EdgeTrace.Reach(block);
        }

        return EdgeTrace.AddTo(_seen);
    }
}
