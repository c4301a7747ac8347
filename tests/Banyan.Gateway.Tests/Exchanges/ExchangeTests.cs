using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>The exchange as a script: bytes and events in, calls and bytes out.</summary>
public sealed class ExchangeTests
{
    private const string Get = "GET /a?b=1 HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Request_is_written_anew_and_its_answer_passed_on()
    {
        var rig = new ExchangeRig().Client(Get);
        Assert.Equal(ExchangePhase.Opening, rig.Exchange.Phase);
        Assert.Equal(string.Empty, rig.Sent);

        rig.Opened();
        Assert.Equal(
            "GET /a?b=1 HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: app.test\r\ntraceparent: TRACE\r\nVia: 1.1 GATEWAY\r\n\r\n",
            rig.Sent);

        rig.Upstream(Ok);
        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal(["open app-1 Any", "upstream Keep"], rig.Transport.Calls);
        Assert.Equal(ExchangePhase.Idle, rig.Exchange.Phase);
        var record = Assert.Single(rig.Records);
        Assert.Equal(("GET", "app.test", "/a", 200, 2), (record.Method, record.Host, record.Path, record.Status, record.BytesOut));
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order_one_at_a_time()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Get + Get.Replace("/a", "/second", StringComparison.Ordinal) + "GET /thi");
        Assert.Single(rig.Transport.ToUpstream);

        rig.Upstream(Ok);
        Assert.StartsWith("GET /second?b=1", rig.Transport.ToUpstream[1], StringComparison.Ordinal);
        rig.Upstream(Ok).Client("rd HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.StartsWith("GET /third ", rig.Transport.ToUpstream[2], StringComparison.Ordinal);
        Assert.Equal(2, rig.Records.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokx", "upstream Close")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "upstream Close")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "upstream Close")]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "upstream Keep")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", "upstream Close")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n", "upstream Close")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "upstream Keep")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx", "upstream Close")]
    public void Connection_to_an_instance_is_used_again_only_after_a_clean_answer(string answer, string end)
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Get).Upstream(answer);

        Assert.Equal(end, rig.Transport.Calls[^1]);
        Assert.Equal(ExchangePhase.Idle, rig.Exchange.Phase);
    }

    [Fact]
    public void Interim_answers_pass_in_order_and_only_to_those_who_know_them()
    {
        const string Interim = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
        Assert.Equal(Interim + Ok, new ExchangeRig(hasUnused: true).Client(Get).Upstream(Interim + Ok).Transport.ToClient);

        var old = new ExchangeRig(hasUnused: true).Client("GET / HTTP/1.0\r\nHost: app.test\r\n\r\n").Upstream(Interim + Ok);
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", old.Transport.ToClient);
        Assert.Equal("client Close", old.Transport.Calls[^1]);
    }

    [Fact]
    public void Expectation_goes_to_the_instance_and_its_100_comes_back()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Contains("\r\nContent-Length: 5\r\nExpect: 100-continue\r\n", rig.Sent, StringComparison.Ordinal);
        Assert.Equal(FailureReason.UpstreamHeadTimedOut, rig.Exchange.OnTimeOut);

        rig.Upstream("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", rig.Transport.ToClient);
        Assert.Equal(FailureReason.ClientBodyTimedOut, rig.Exchange.OnTimeOut);

        rig.Client("hello");
        Assert.EndsWith("\r\n\r\nhello", rig.Sent, StringComparison.Ordinal);
        rig.Upstream(Ok);
        Assert.Equal("upstream Keep", rig.Transport.Calls[^1]);
    }

    [Fact]
    public void Final_answer_to_an_expectation_ends_both_connections()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            .Upstream("HTTP/1.1 413 Content Too Large\r\nDate: D\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("HTTP/1.1 413 Content Too Large\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", rig.Transport.ToClient);
        Assert.Equal(["open app-1 Checked", "upstream Reset", "client Linger"], rig.Transport.Calls);
    }

    [Fact]
    public void Trailers_pass_both_ways()
    {
        var rig = new ExchangeRig(hasUnused: true)
            .Client("POST / HTTP/1.1\r\nHost: app.test\r\nTE: trailers\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n");
        Assert.Contains("\r\nTrailer: X-Sum\r\nConnection: TE\r\nTE: trailers\r\n", rig.Sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n", rig.Sent, StringComparison.Ordinal);

        rig.Upstream("HTTP/1.1 200 OK\r\nDate: D\r\nTrailer: X-Time\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Time: 7\r\n\r\n");
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\nTrailer: X-Time\r\n\r\n2\r\nok\r\n0\r\nX-Time: 7\r\n\r\n", rig.Transport.ToClient);
        Assert.Equal("upstream Keep", rig.Transport.Calls[^1]);
    }

    [Fact]
    public void Body_that_ends_with_the_connection_is_chunked_for_a_client_that_knows_chunks()
    {
        const string Unsized = "HTTP/1.1 200 OK\r\nDate: D\r\n\r\nok";
        var rig = new ExchangeRig(hasUnused: true).Client(Get).Upstream(Unsized).UpstreamEnds();
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", rig.Transport.ToClient);
        Assert.Equal(ExchangePhase.Idle, rig.Exchange.Phase);

        var old = new ExchangeRig(hasUnused: true).Client("GET / HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n\r\n").Upstream(Unsized).UpstreamEnds();
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\nok", old.Transport.ToClient);
        Assert.Equal("client Close", old.Transport.Calls[^1]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", false, "client Close")]
    [InlineData("GET / HTTP/1.0", false, "client Reset")]
    [InlineData("GET / HTTP/1.1", true, "client Close")]
    public void Broken_answer_is_not_ended_as_if_it_were_whole(string start, bool broken, string end)
    {
        var rig = new ExchangeRig(hasUnused: true).Client(start + "\r\nHost: app.test\r\n\r\n")
            .Upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n").UpstreamEnds(broken);

        Assert.DoesNotContain("\r\n0\r\n", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(end, rig.Transport.Calls[^1]);
        Assert.Equal(FailureReason.UpstreamBodyTruncated, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Instance_may_answer_while_the_request_still_flows()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\n\r\nab")
            .Upstream("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 4\r\n\r\nAB").Client("cd").Upstream("CD");

        Assert.EndsWith("\r\n\r\nabcd", rig.Sent, StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 4\r\n\r\nABCD", rig.Transport.ToClient);
        Assert.Equal("upstream Keep", rig.Transport.Calls[^1]);
        Assert.Equal(ExchangePhase.Idle, rig.Exchange.Phase);
    }

    [Fact]
    public void Broken_chunks_of_a_client_end_in_400_and_a_reset_at_the_instance()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").Client("+1\r\n");

        Assert.StartsWith("HTTP/1.1 400", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(["open app-1 Checked", "upstream Reset", "client Linger"], rig.Transport.Calls);
        Assert.Equal(FailureReason.ClientBodyInvalid, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Tunnel_opens_only_by_the_instances_101_and_carries_bytes_as_they_are()
    {
        const string Upgrade = "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n";
        var rig = new ExchangeRig(hasUnused: true).Client(Upgrade + "early");
        Assert.DoesNotContain("early", rig.Sent, StringComparison.Ordinal);

        rig.Upstream("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\nhello");
        Assert.EndsWith("early", rig.Sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\nhello", rig.Transport.ToClient, StringComparison.Ordinal);

        rig.Exchange.OnClientEnd();
        Assert.Equal("shut upstream", rig.Transport.Calls[^1]);
        rig.Upstream("bye").UpstreamEnds();
        Assert.EndsWith("hellobye", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(["upstream Close", "client Close"], rig.Transport.Calls[^2..]);
        var record = Assert.Single(rig.Records);
        Assert.Equal((101, true, 5, 8), (record.Status, record.Tunnel, record.BytesIn, record.BytesOut));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n", "Upgrade: raw")]
    [InlineData("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n", "Upgrade: other")]
    [InlineData("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "Upgrade: websocket\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Switch_nobody_asked_for_is_refused(string request, string switched)
    {
        var rig = new ExchangeRig(hasUnused: true).Client(request).Upstream($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{switched}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal("upstream Reset", rig.Transport.Calls[1]);
        Assert.Equal(FailureReason.UpstreamUnaskedUpgrade, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Stop_of_the_gateway_tells_both_sides_of_a_WebSocket_behind_their_last_whole_frame()
    {
        var rig = new ExchangeRig(hasUnused: true)
            .Client("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .Upstream("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\u0082\u0005he");
        var before = rig.Transport.ToClient.Length;
        rig.Exchange.OnDrain();

        // Up: between two frames. Down: inside one, so its end comes first.
        Assert.Equal(0x88, rig.Transport.ToUpstream[0][^(6 + 2 + "The gateway stops".Length)]);
        Assert.Equal(before, rig.Transport.ToClient.Length);
        rig.Upstream("llo\u0082\u0001x");
        Assert.Equal("llo\u0088\u0013\u0003\u00e9The gateway stops", rig.Transport.ToClient[before..]);
    }

    [Fact]
    public void Stop_of_the_gateway_tells_a_WebSocket_when_its_turn_has_come_whatever_passes_meanwhile()
    {
        var rig = new ExchangeRig(hasUnused: true)
            .Client("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .Upstream("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        var before = rig.Transport.ToClient.Length;
        rig.Exchange.OnDrain(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), rig.Transport.Deadline);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        rig.Services.Now = rig.Clock.GetTimestamp();
        rig.Upstream("\u0082\u0001x");
        Assert.Equal("\u0082\u0001x", rig.Transport.ToClient[before..]);
        Assert.Equal(TimeSpan.FromSeconds(2), rig.Transport.Deadline);
        rig.TimePasses();

        Assert.Equal("\u0082\u0001x\u0088\u0013\u0003\u00e9The gateway stops", rig.Transport.ToClient[before..]);
        Assert.Equal(rig.Options.TunnelIdleTimeout, rig.Transport.Deadline);
        Assert.Equal(ExchangePhase.Tunnel, rig.Exchange.Phase);
    }

    [Fact]
    public void Client_that_ends_its_sending_gets_its_answer()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(Get);
        Assert.False(rig.Exchange.WantsClient);
        rig.Upstream(Ok);
        rig.Exchange.OnClientEnd();

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal("client Close", rig.Transport.Calls[^1]);
    }

    [Fact]
    public void Client_that_ends_inside_its_body_has_its_request_broken_off()
    {
        var rig = new ExchangeRig(hasUnused: true).Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nab");
        rig.Exchange.OnClientEnd();
        rig.Settle();

        Assert.Equal(["open app-1 Checked", "upstream Reset", "client Reset"], rig.Transport.Calls);
        Assert.Equal(FailureReason.ClientGone, Assert.Single(rig.Records).Reason);
    }

    [Fact]
    public void Stop_of_the_gateway_lets_a_request_end_and_says_close()
    {
        var idle = new ExchangeRig(hasUnused: true).Client(Get).Upstream(Ok);
        Assert.NotEqual("client Close", idle.Transport.Calls[^1]);
        idle.Exchange.OnDrain();
        Assert.Equal("client Close", idle.Transport.Calls[^1]);

        var silent = new ExchangeRig();
        silent.Exchange.OnDrain();
        Assert.Empty(silent.Transport.Calls);
        silent.Exchange.OnDeadline();
        Assert.Equal(["client Close"], silent.Transport.Calls);

        var late = new ExchangeRig(hasUnused: true);
        late.Exchange.OnDrain();
        late.Client(Get).Upstream(Ok);
        Assert.EndsWith("\r\nConnection: close\r\n\r\nok", late.Transport.ToClient, StringComparison.Ordinal);

        var busy = new ExchangeRig(hasUnused: true).Client(Get);
        busy.Exchange.OnDrain();
        busy.Upstream(Ok);
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", busy.Transport.ToClient);
        Assert.Equal("client Close", busy.Transport.Calls[^1]);
    }

    [Fact]
    public void Last_request_a_connection_may_have_ends_it()
    {
        var rig = new ExchangeRig(options => options.MaxRequestsPerConnection = 2, hasUnused: true).Client(Get).Upstream(Ok).Client(Get).Upstream(Ok);

        Assert.Equal(Ok + Ok.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal), rig.Transport.ToClient);
        Assert.Equal("client Close", rig.Transport.Calls[^1]);
    }

    [Fact]
    public void Names_that_some_services_take_for_others_do_not_pass()
    {
        var rig = new ExchangeRig(hasUnused: true).Client(
            "GET / HTTP/1.1\r\nHost: app.test\r\nX_Forwarded_For: 6.6.6.6\r\nContent_Length: 5\r\nX-Forwarded-Port: 1\r\nX_My_Own: 1\r\nX-Own: 2\r\n\r\n");

        Assert.StartsWith("GET / HTTP/1.1\r\nHost: app.test\r\nX_My_Own: 1\r\nX-Own: 2\r\nX-Forwarded-For: 192.0.2.7\r\n", rig.Sent, StringComparison.Ordinal);
    }
}
