using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Tests.Limits;

public sealed class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new();

    [Fact]
    public void Quantile_is_within_an_eighth_of_the_exact_one()
    {
        var random = new Random(5);
        var all = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 15)).Order().ToArray();
        foreach (var micros in all)
        {
            _histogram.Add(micros * TimeSpan.TicksPerMicrosecond);
        }

        foreach (var share in new[] { 0.01, 0.25, 0.5, 0.95, 0.99, 1 })
        {
            var exact = all[(int)Math.Ceiling(all.Length * share) - 1] * TimeSpan.TicksPerMicrosecond;
            Assert.InRange(_histogram.Quantile(share), exact, (exact * 1.13) + TimeSpan.TicksPerMicrosecond);
        }
    }

    [Fact]
    public void Quantile_of_nothing_is_zero_and_extremes_stay_in_range()
    {
        Assert.Equal(0, _histogram.Quantile(0.95));

        _histogram.Add(-5);
        Assert.Equal(TimeSpan.TicksPerMicrosecond, _histogram.Quantile(1));
        _histogram.Add(long.MaxValue);
        Assert.InRange(_histogram.Quantile(1), TimeSpan.FromHours(1).Ticks, TimeSpan.FromHours(2).Ticks);
    }

    [Fact]
    public void Fade_halves_and_Drain_moves()
    {
        for (var i = 0; i < 100; i++)
        {
            _histogram.Add(10_000);
        }

        var other = new LatencyHistogram();
        _histogram.Drain(other);
        Assert.Equal((0, 100), (_histogram.Count(), other.Count()));
        other.Fade();
        Assert.Equal(50, other.Count());
    }

    [Fact]
    public async Task Add_by_many_threads_loses_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                _histogram.Add(i * t);
            }
        })));

        Assert.Equal(40_000, _histogram.Count());
    }
}
