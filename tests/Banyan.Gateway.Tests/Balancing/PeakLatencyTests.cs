using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Tests.Balancing;

public sealed class PeakLatencyTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Observe_follows_a_rise_at_once_and_a_fall_slowly()
    {
        var latency = default(PeakLatency);
        Assert.Equal(0, latency.At(5 * Second));

        latency.Observe(100, Second);
        Assert.Equal(100, latency.At(Second));
        latency.Observe(1000, Second);
        Assert.Equal(1000, latency.At(Second));
        latency.Observe(100, Second);
        Assert.InRange(latency.At(Second), 900, 999);
    }

    [Fact]
    public void At_fades_by_half_over_the_fade_time_so_that_a_slow_one_is_tried_again()
    {
        var latency = default(PeakLatency);
        latency.Observe(1000, Second);

        Assert.Equal(500, latency.At(Second + PeakLatency.FadeTicks));
        Assert.Equal(750, latency.At(Second + (PeakLatency.FadeTicks / 2)));
        Assert.Equal(125, latency.At(Second + (3 * PeakLatency.FadeTicks)));
        Assert.Equal(0, latency.At(Second + (100 * PeakLatency.FadeTicks)));
        Assert.Equal(1000, latency.At(0));
    }

    [Fact]
    public void Observe_of_many_equal_samples_arrives_there()
    {
        var latency = default(PeakLatency);
        latency.Observe(1_000_000, Second);
        for (var i = 0; i < 400; i++)
        {
            latency.Observe(1000, Second + i);
        }

        Assert.InRange(latency.At(Second + 400), 950, 1050);
    }
}
