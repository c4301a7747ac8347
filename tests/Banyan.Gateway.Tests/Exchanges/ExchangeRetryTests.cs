using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>A request is sent again only where that is provably safe, once, and never twice otherwise.</summary>
public sealed class ExchangeRetryTests
{
    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("HEAD", "", true)]
    [InlineData("OPTIONS", "", true)]
    [InlineData("PUT", "Content-Length: 0\r\n", true)]
    [InlineData("DELETE", "", true)]
    [InlineData("POST", "Content-Length: 0\r\n", false)]
    [InlineData("PATCH", "Content-Length: 0\r\n", false)]
    [InlineData("MINE", "", false)]
    public void Reused_connection_that_dies_without_a_byte_repeats_what_may_be_repeated(string method, string fields, bool repeated)
    {
        var rig = new ExchangeRig(hasUnused: true).Client($"{method} / HTTP/1.1\r\nHost: app.test\r\n{fields}\r\n").UpstreamEnds(broken: true);

        if (repeated)
        {
            Assert.Equal(["open app-1 Any", "upstream Close", "open app-1 Fresh"], rig.Transport.Calls);
            rig.Opened();
            Assert.Equal(rig.Transport.ToUpstream[0], rig.Transport.ToUpstream[1]);
        }
        else
        {
            Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
            Assert.Single(rig.Transport.ToUpstream);
        }
    }

    [Fact]
    public void Second_loss_is_told()
    {
        var rig = new ExchangeRig(instances: 1, hasUnused: true).Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n").UpstreamEnds().Opened().UpstreamEnds();

        Assert.Equal(FailureReason.UpstreamClosedBeforeHead, Assert.Single(rig.Records).Reason);
        Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "Content-Length: 5\r\n", "", true)]
    [InlineData("POST", "Content-Length: 5\r\n", "he", false)]
    [InlineData("GET", "", "", true)]
    public void Request_of_which_nothing_was_sent_is_repeated_whatever_it_is(string method, string fields, string body, bool repeated)
    {
        var rig = new ExchangeRig(hasUnused: true).Client($"{method} / HTTP/1.1\r\nHost: app.test\r\n{fields}\r\n{body}");
        rig.Exchange.OnUpstreamDeaf(unsent: true);

        Assert.Equal(repeated, rig.Transport.Calls[^1] == "open app-1 Fresh");
    }

    [Fact]
    public void Instance_that_stops_reading_is_heard_out()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhe");
        rig.Exchange.OnUpstreamDeaf(unsent: false);
        Assert.False(rig.Exchange.WantsClient);
        rig.Upstream("HTTP/1.1 413 Content Too Large\r\nDate: D\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(FailureReason.None, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void First_byte_of_an_answer_ends_all_repeating()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n").Upstream("H").UpstreamEnds();

        Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Single(rig.Transport.ToUpstream);
    }

    [Fact]
    public void Refused_connection_keeps_the_body_for_another_instance()
    {
        var rig = new ExchangeRig().Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhello").Refused();
        Assert.Equal("open app-2 Checked", rig.Transport.Calls[^1]);
        rig.Opened();

        Assert.EndsWith("\r\n\r\nhello", rig.Sent, StringComparison.Ordinal);
        Assert.Equal([1, 0], rig.Clusters.Get(new("default", "app")).Members.Select(m => (int)m.Endpoint.ConnectFailures));
    }
}
