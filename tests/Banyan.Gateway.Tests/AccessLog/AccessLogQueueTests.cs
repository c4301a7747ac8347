using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Tests.AccessLog;

public sealed class AccessLogQueueTests
{
    [Theory]
    [InlineData(AccessLogMode.Off, 0)]
    [InlineData(AccessLogMode.Failures, 10)]
    [InlineData(AccessLogMode.Sampled, 19)]
    [InlineData(AccessLogMode.All, 100)]
    public void Wants_says_what_the_mode_does(AccessLogMode mode, int expected)
    {
        using var metrics = new GatewayMetrics();
        var queue = new AccessLogQueue(new GatewayOptions { AccessLog = mode, AccessLogEvery = 10 }, metrics);

        Assert.Equal(expected, Enumerable.Range(0, 100).Count(i => queue.Wants(i % 10 == 0 ? FailureReason.NoRoute : FailureReason.None)));
    }

    [Fact]
    public void Write_drops_and_counts_what_does_not_fit()
    {
        using var metrics = new GatewayMetrics();
        var queue = new AccessLogQueue(new GatewayOptions { AccessLog = AccessLogMode.All }, metrics);
        for (var i = 0; i < 5000; i++)
        {
            queue.Write(Record());
        }

        Assert.Equal(4096, queue.Lines.Count);
        Assert.Equal(904, queue.Dropped);
    }

    private static RequestRecord Record() =>
        new() { Method = "GET", Host = "a", Path = "/", Protocol = "HTTP/1.1", TraceId = "t" };
}
