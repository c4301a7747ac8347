using System.Net;
using System.Text;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>Instances that misbehave, each with its one defined outcome.</summary>
public abstract class UpstreamBehaviourTests(GatewayTransport transport) : TransportTests(transport)
{
    [Theory]
    [InlineData("", 502, "UpstreamClosedBeforeHead")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", 502, "UpstreamClosedBeforeHead")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 502, "UpstreamHeadInvalid")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 502, "UpstreamUnaskedUpgrade")]
    public async Task Bad_answer_becomes_one_error(string answer, int status, string reason)
    {
        await using var upstream = ScriptedUpstream.Answering(answer);
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Post, gateway.Http) { Content = new ByteArrayContent([]) });
        var record = await gateway.NextRecordAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(reason, record.Reason.ToString());
        Assert.Equal(1, upstream.Connections);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("banyan; error=", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("POST", 1)]
    [InlineData("PUT", 1)]
    [InlineData("DELETE", 1)]
    public async Task Reset_before_the_head_of_an_answer_tries_only_a_safe_request_once_more(string method, int tries)
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            connection.Reset();
        });
        await using var gateway = await ToAsync([upstream.Port, upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(tries, upstream.Heads.Count);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n")]
    public async Task Truncated_body_is_never_ended_as_if_it_were_whole(string rest)
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n" + rest);
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        var all = await client.ReadToEndAsync();

        // The end of a connection before the stated length, or before the last chunk, is all a client can be told.
        Assert.DoesNotContain("\r\n0\r\n\r\n", all, StringComparison.Ordinal);
        Assert.Equal(FailureReason.UpstreamBodyTruncated, (await gateway.NextRecordAsync()).Reason);
    }

    [Fact]
    public async Task Answer_that_ends_with_the_connection_is_whole()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();

        Assert.Equal("until the end", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Length_beside_chunks_is_dropped()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();

        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "204 No Content", "Content-Length: 5\r\n\r\nhello")]
    [InlineData("GET", "304 Not Modified", "Content-Length: 5\r\nETag: \"x\"\r\n\r\n")]
    [InlineData("HEAD", "200 OK", "Content-Length: 5\r\n\r\n")]
    public async Task Answers_without_body_have_none(string method, string status, string rest)
    {
        await using var upstream = ScriptedUpstream.Answering($"HTTP/1.1 {status}\r\n{rest}");
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n");
        var all = await client.ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", all, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", all, StringComparison.Ordinal);
        Assert.Equal(status[0] == '2' && method == "GET", !all.Contains("Content-Length", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_after_an_answer_never_reach_the_next_client()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            while (true)
            {
                await me.HeadAsync(connection);
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
            }
        });
        await using var gateway = await ToAsync([upstream.Port]);
        for (var i = 0; i < 5; i++)
        {
            using var response = await gateway.GetAsync();
            Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(5, upstream.Connections);
    }

    [Fact]
    public async Task Interim_answers_do_not_end_the_exchange()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_on_a_reused_connection_that_dies_is_executed_at_most_once()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await me.HeadAsync(connection);
        });
        await using var gateway = await ToAsync([upstream.Port], options => options.Loops = 1);
        using (var first = await gateway.GetAsync())
        {
            Assert.Equal("ok", await first.Content.ReadAsStringAsync());
        }

        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST /pay HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Single(upstream.Heads, head => head.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stalled_head_ends_in_504()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync([upstream.Port], timeout: "100ms");
        using var response = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("gateway/upstream-head-timed-out", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stalled_body_is_broken_off()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync([upstream.Port], options => options.ResponseIdleTimeout = TimeSpan.FromMilliseconds(100));
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");

        Assert.EndsWith("\r\n\r\nhalf", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(FailureReason.UpstreamBodyTimedOut, (await gateway.NextRecordAsync()).Reason);
    }

    [Fact]
    public async Task Client_that_goes_away_cancels_the_service()
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadToEndAsync();
            cut.SetResult();
        });
        await using var gateway = await ToAsync([upstream.Port]);
        var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        await Testing.Eventually.True(() => upstream.Heads.Count == 1, "the request at the service");
        client.Reset();

        await cut.Task.WaitAsync(Testing.Eventually.Deadline);
        Assert.Equal(FailureReason.ClientGone, (await gateway.NextRecordAsync()).Reason);
    }

    [Fact]
    public async Task Expectation_is_the_services_to_meet()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            var head = await me.HeadAsync(connection);
            if (head.StartsWith("POST /no", StringComparison.Ordinal))
            {
                await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }

            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await connection.ReadUntilAsync("hello");

            // Said aloud: the connection ends with the script, and the next request must not meet it in the pool.
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST /yes HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("hello");
        Assert.StartsWith("HTTP/1.1 200", await client.ReadUntilAsync("\r\n\r\nok"), StringComparison.Ordinal);

        await using var refused = await gateway.ConnectAsync();
        await refused.SendAsync("POST /no HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", await refused.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_is_passed_on_piece_by_piece()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            for (var i = 1; i <= 3; i++)
            {
                await connection.ReadUntilAsync($"piece{i}");
            }

            await connection.ReadUntilAsync("0\r\n\r\n");
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n");

        // The head is there before the first byte of the body.
        await Testing.Eventually.True(() => upstream.Heads.Count == 1, "the head at the service");
        Assert.Contains("Transfer-Encoding: chunked", upstream.Heads[0], StringComparison.Ordinal);
        for (var i = 1; i <= 3; i++)
        {
            await client.SendAsync($"6;ext=1\r\npiece{i}\r\n");
        }

        await client.SendAsync("0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await client.ReadUntilAsync("\r\n\r\nok"), StringComparison.Ordinal);
        Assert.Equal(18, (await gateway.NextRecordAsync()).BytesIn);
    }

    public sealed class OnLoops() : UpstreamBehaviourTests(GatewayTransport.Loops);

    public sealed class OnFramework() : UpstreamBehaviourTests(GatewayTransport.Framework);
}
