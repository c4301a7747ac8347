using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;

namespace Banyan.Gateway.Tests.Limits;

public sealed class RateLimitTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Take_admits_the_burst_then_the_rate()
    {
        var limit = Limit(requests: 10, burst: 5);

        Assert.Equal([4, 3, 2, 1, 0], Enumerable.Range(0, 5).Select(_ => limit.Take(1, Second).Remaining));
        var refused = limit.Take(1, Second);
        Assert.Equal((false, Second / 10), (refused.Admitted, refused.RetryTicks));
        Assert.False(limit.Take(1, Second + refused.RetryTicks - 1).Admitted);
        Assert.True(limit.Take(1, Second + refused.RetryTicks).Admitted);
        Assert.False(limit.Take(1, Second + refused.RetryTicks).Admitted);

        // Another key has its own.
        Assert.True(limit.Take(2, Second).Admitted);
        Assert.Equal((7, 3), (limit.Admitted, limit.Refused));
    }

    [Fact]
    public void Take_at_random_never_admits_more_than_rate_and_burst_in_any_interval()
    {
        var limit = Limit(requests: 10, burst: 5);
        var random = new Random(17);
        var admitted = new List<long>();
        for (long now = Second; now < 60 * Second; now += random.Next((int)(Second / 20)))
        {
            if (limit.Take(1, now).Admitted)
            {
                admitted.Add(now);
            }
        }

        for (var i = 0; i < admitted.Count; i++)
        {
            for (var j = i; j < admitted.Count; j++)
            {
                Assert.True(j - i + 1 <= ((admitted[j] - admitted[i]) * 10.0 / Second) + 5 + 0.001);
            }
        }

        // And nearly all of what it may.
        Assert.InRange(admitted.Count, 580, 596);
    }

    [Fact]
    public void Grant_scales_rate_and_burst_and_after_its_end_nothing_is_admitted()
    {
        var limit = Limit(requests: 100, burst: 20);
        limit.Grant = new LimitGrant(0.25, 5 * Second, 0);
        Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => limit.Take(1, Second).Admitted));
        Assert.True(limit.Take(1, Second + (Second / 25)).Admitted);
        Assert.False(limit.Take(1, Second + (Second / 25)).Admitted);

        // The grant is over.
        Assert.Equal((false, Second), (limit.Take(2, 9 * Second).Admitted, limit.Take(2, 9 * Second).RetryTicks));
    }

    [Fact]
    public void Flood_of_keys_stays_in_its_memory_and_does_not_free_the_one_that_is_restrained()
    {
        var table = new RateTable(1024, seed: 99);
        Assert.Equal(1024, table.Capacity);

        // One key far ahead; then a million others, each once.
        for (var i = 0; i < 100; i++)
        {
            Assert.True(table.TryAdvance(7, Second, 100 * Second, Second, out _));
        }

        for (ulong key = 1000; key < 1_001_000; key++)
        {
            Assert.True(table.TryAdvance(key, Second, 100 * Second, Second, out _));
        }

        Assert.False(table.TryAdvance(7, Second, 100 * Second, Second, out var time));
        Assert.Equal(102 * Second, time);
    }

    [Fact]
    public async Task Take_by_four_threads_admits_exactly_the_burst()
    {
        var limit = Limit(requests: 1, burst: 1000);
        var admitted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 5000).Count(_ => limit.Take(1, Second).Admitted))));

        Assert.Equal(1000, admitted.Sum());
    }

    [Fact]
    public void Refusal_names_the_limit_and_rounds_the_wait_up()
    {
        var limit = Limit(requests: 2, burst: 1);
        limit.Take(1, Second);
        var failure = limit.Refusal(limit.Take(1, Second));

        Assert.Equal((FailureReason.RateLimited, 1), (failure.Reason, failure.RetryAfterSeconds));
        Assert.Equal("More than 2 requests in 1 s for one client address (limit 'calls'). Wait as long as Retry-After says.", failure.Detail);
        Assert.Equal("\"calls\";q=2;w=1", limit.PolicyField);
        Assert.Equal("\"calls\";r=0;t=1", limit.RefusedField(1));
    }

    private static RateLimit Limit(int requests, int burst) => new(new RateLimitSettings("calls", "address", requests, TimeSpan.FromSeconds(1), burst, Shared: false));
}
