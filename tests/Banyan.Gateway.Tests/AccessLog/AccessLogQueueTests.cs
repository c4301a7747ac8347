using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Forwarding;

namespace Banyan.Gateway.Tests.AccessLog;

public sealed class AccessLogQueueTests
{
    [Theory]
    [InlineData(AccessLogMode.Off, 0)]
    [InlineData(AccessLogMode.Failures, 10)]
    [InlineData(AccessLogMode.Sampled, 19)]
    [InlineData(AccessLogMode.All, 100)]
    public void Offer_takes_what_the_mode_says(AccessLogMode mode, int expected)
    {
        using var metrics = new GatewayMetrics();
        var queue = new AccessLogQueue(new GatewayOptions { AccessLog = mode, AccessLogEvery = 10 }, metrics);
        for (var i = 0; i < 100; i++)
        {
            queue.Offer(Record(i % 10 == 0 ? FailureReason.NoRoute : FailureReason.None));
        }

        Assert.Equal(expected, queue.Lines.Count);
    }

    [Fact]
    public void Offer_drops_and_counts_what_does_not_fit()
    {
        using var metrics = new GatewayMetrics();
        var queue = new AccessLogQueue(new GatewayOptions { AccessLog = AccessLogMode.All }, metrics);
        for (var i = 0; i < 5000; i++)
        {
            queue.Offer(Record(FailureReason.None));
        }

        Assert.Equal(4096, queue.Lines.Count);
        Assert.Equal(904, queue.Dropped);
    }

    private static RequestRecord Record(FailureReason reason) =>
        new() { Method = "GET", Host = "a", Path = "/", Protocol = "HTTP/1.1", TraceId = "t", Reason = reason };
}
