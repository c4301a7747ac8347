using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>Every phase ends by time, and says why.</summary>
public sealed class ExchangeDeadlineTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\n";
    private const string HalfAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha";

    [Fact]
    public void Connection_without_a_request_is_closed_without_a_word()
    {
        var rig = new ExchangeRig();
        Assert.Equal((rig.Options.ClientIdleTimeout, FailureReason.None), (rig.Transport.Deadline, rig.Exchange.OnTimeOut));
        rig.TimePasses();

        Assert.Equal(["client Close"], rig.Transport.Calls);
        Assert.Equal(string.Empty, rig.Transport.ToClient);
        Assert.Empty(rig.Records);
    }

    [Fact]
    public void Head_that_trickles_in_ends_in_408_at_its_first_bytes_deadline()
    {
        var rig = new ExchangeRig().Client("G");
        Assert.Equal((rig.Options.RequestHeadTimeout, FailureReason.ClientHeadTimedOut), (rig.Transport.Deadline, rig.Exchange.OnTimeOut));
        rig.Client("ET / HT").TimePasses();

        Assert.StartsWith("HTTP/1.1 408", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(["client Linger"], rig.Transport.Calls);
        Assert.Equal(FailureReason.ClientHeadTimedOut, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Instance_that_does_not_accept_is_left_for_another_once()
    {
        var rig = new ExchangeRig().Client(Get);
        Assert.Equal(rig.Options.ConnectTimeout, rig.Transport.Deadline);
        rig.TimePasses();
        Assert.Equal(["open app-1 Any", "upstream Close", "open app-2 Any"], rig.Transport.Calls);
        rig.TimePasses();

        Assert.StartsWith("HTTP/1.1 504", rig.Transport.ToClient, StringComparison.Ordinal);
        var record = Assert.Single(rig.Records);
        Assert.Equal((FailureReason.UpstreamConnectTimedOut, 1), (record.Reason, record.Retries));
    }

    [Fact]
    public void Answer_that_does_not_come_ends_in_504()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Get);
        Assert.Equal(rig.Options.ResponseHeaderTimeout, rig.Transport.Deadline);
        rig.TimePasses();

        Assert.StartsWith("HTTP/1.1 504", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal("upstream Reset", rig.Transport.Calls[1]);
        Assert.Equal(FailureReason.UpstreamHeadTimedOut, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Body_that_stands_still_ends_in_408_and_the_answer_is_waited_for_only_behind_it()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Post + "ab");
        Assert.Equal((rig.Options.RequestIdleTimeout, FailureReason.ClientBodyTimedOut), (rig.Transport.Deadline, rig.Exchange.OnTimeOut));
        rig.Client("cde");
        Assert.Equal((rig.Options.ResponseHeaderTimeout, FailureReason.UpstreamHeadTimedOut), (rig.Transport.Deadline, rig.Exchange.OnTimeOut));

        var stands = new ExchangeRig(hasUnused: true).Client(Post + "ab").TimePasses();
        Assert.StartsWith("HTTP/1.1 408", stands.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(["open app-1 Checked", "upstream Reset", "client Linger"], stands.Transport.Calls);
    }

    [Fact]
    public void Body_that_trickles_ends_in_408()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5000\r\n\r\n");
        for (var i = 0; i < 10 && rig.Records.Count == 0; i++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            rig.Services.Now = rig.Clock.GetTimestamp();
            rig.Client("a");
        }

        Assert.Equal(FailureReason.ClientBodyTimedOut, Assert.Single(rig.Records).Reason);
        Assert.StartsWith("HTTP/1.1 408", rig.Transport.ToClient, StringComparison.Ordinal);
    }

    [Fact]
    public void Instance_that_takes_no_body_is_at_fault_and_not_the_client()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Post + "ab");
        rig.Exchange.OnUpstreamWritten(all: false);
        Assert.Equal(FailureReason.UpstreamSendTimedOut, rig.Exchange.OnTimeOut);
        rig.Exchange.OnUpstreamWritten(all: true);
        Assert.Equal(FailureReason.ClientBodyTimedOut, rig.Exchange.OnTimeOut);

        rig.Exchange.OnUpstreamWritten(all: false);
        rig.TimePasses();
        Assert.StartsWith("HTTP/1.1 504", rig.Transport.ToClient, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_that_stands_still_is_broken_off_and_a_client_that_does_not_read_is_told_apart()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Get).Upstream(HalfAnswer);
        Assert.Equal((rig.Options.ResponseIdleTimeout, FailureReason.UpstreamBodyTimedOut), (rig.Transport.Deadline, rig.Exchange.OnTimeOut));
        rig.TimePasses();
        Assert.Equal(["upstream Reset", "client Close"], rig.Transport.Calls[^2..]);
        Assert.Equal(FailureReason.UpstreamBodyTimedOut, Assert.Single(rig.Records).Reason);

        var slow = new ExchangeRig(hasUnused: true).Client(Get).Upstream(HalfAnswer);
        slow.Exchange.OnClientWritten(all: false);
        Assert.Equal(slow.Options.ClientReadTimeout, slow.Transport.Deadline);
        slow.TimePasses();
        Assert.Equal(FailureReason.ClientReadTimedOut, Assert.Single(slow.Records).Reason);
    }

    [Fact]
    public void Silent_tunnel_ends()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n")
            .Upstream("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n");
        Assert.Equal(rig.Options.TunnelIdleTimeout, rig.Transport.Deadline);
        rig.TimePasses();

        Assert.Equal(["upstream Close", "client Close"], rig.Transport.Calls[^2..]);
        Assert.Equal(FailureReason.TunnelIdle, Assert.Single(rig.Records).Reason);
    }
}
