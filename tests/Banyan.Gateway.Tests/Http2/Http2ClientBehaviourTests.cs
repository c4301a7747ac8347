using System.Text;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>What clients of HTTP/2 do beyond what well-meant libraries let them.</summary>
public abstract class Http2ClientBehaviourTests(GatewayTransport transport)
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    [Fact]
    public async Task InterimAnswer_comesAsAHeadOfItsOwn()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + Hello);
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("GET", "/", end: true);
        await client.UntilAsync("end 1");
        Assert.Equal("head 1 103 link=</a.css>; head 1 200 content-length=5; data 1 hello; end 1", client.Log);
    }

    [Fact]
    public async Task Answer_inChunksWithTrailers_hasThem()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nContent-Type: no\r\n\r\n");
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("GET", "/", end: true, ("te", "trailers"));
        await client.UntilAsync("end 1");
        Assert.Equal("head 1 200; data 1 hi; end 1 x-sum", client.Log);
    }

    [Fact]
    public async Task Request_inFrames_isChunksWithTrailersForTheInstance()
    {
        var seen = new TaskCompletionSource<string>();
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            var head = await me.HeadAsync(connection);
            seen.SetResult(head + await connection.ReadUntilAsync("\r\n\r\n"));
            await connection.SendAsync(Hello);
        });
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        var stream = client.Open("PUT", "/x", end: false, ("cookie", "a=1"), ("cookie", "b=2"), ("x-own", "1"));
        client.Session.SendData(stream, "abc"u8, endStream: false);
        client.Session.SendTrailers(stream, "0\r\nx-sum:1\r\n\r\n"u8, Trailers("x-sum", "1"));
        await client.UntilAsync("end 1");
        var request = await seen.Task.WaitAsync(Eventually.Deadline);
        Assert.StartsWith("PUT /x HTTP/1.1\r\nHost: app.test\r\nx-own: 1\r\nCookie: a=1; b=2\r\nTransfer-Encoding: chunked\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nvia: 2 ", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Connection", request, StringComparison.Ordinal);
        Assert.Equal("HTTP/2", (await gateway.NextRecordAsync()).Protocol);
    }

    [Fact]
    public async Task EarlyAnswer_toAnUpload_endsItWithoutError()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("POST", "/", end: false, ("content-length", "1000000"));
        await client.UntilAsync("reset 1");
        Assert.Equal("head 1 413 content-length=2; data 1 no; end 1; reset 1 NoError", client.Log);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    public async Task Answer_thatIsCut_isNeverAWholeOne(string answer)
    {
        await using var upstream = ScriptedUpstream.Answering(answer);
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("GET", "/", end: true);
        await client.UntilAsync("reset 1");
        Assert.EndsWith("reset 1 InternalError", client.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("end 1", client.Log, StringComparison.Ordinal);
    }

    // Nothing else would end this request within two hours.
    [Fact]
    public async Task DeadlineOfAGrpcClient_endsTheCall()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadToEndAsync();
        });
        var clock = new AheadClock();
        await using var gateway = await ToAsync(
            upstream.Port,
            options =>
            {
                options.ResponseHeaderTimeout = TimeSpan.FromHours(2);
                options.RequestIdleTimeout = TimeSpan.FromHours(2);
            },
            clock);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("POST", "/pets.Pets/Get", end: true, ("content-type", "application/grpc"), ("te", "trailers"), ("grpc-timeout", "1H"));
        await client.SendAsync();
        await Eventually.True(() => upstream.Heads.Count == 1, "the call at the instance");
        clock.Skip(TimeSpan.FromHours(1));
        await client.UntilAsync("end 1");
        Assert.Contains(" grpc-status=4 ", client.Log, StringComparison.Ordinal);
        Assert.StartsWith("head 1 200 ", client.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Method_thatIsNotServed_isAnswered()
    {
        await using var gateway = await ToAsync(1);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Open("TRACE", "/", end: true);
        await client.UntilAsync("end 1");
        Assert.StartsWith("head 1 405 ", client.Log, StringComparison.Ordinal);
    }

    // A burst no honest client makes; the next connection is served.
    [Fact]
    public async Task RapidResets_endTheConnectionAndNoOther()
    {
        await using var upstream = ScriptedUpstream.Answering(Hello);
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port, new Http2Limits { MaxStreams = 10_000 });
        for (var i = 0; i < 2000; i++)
        {
            client.Session.Reset(client.Session.Open(), Http2ErrorCode.Cancel);
        }

        client.Session.Output.Clear();
        await client.SendAsync([.. Http2ServerSession.Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        await client.SendAsync([.. Enumerable.Range(0, 2000).SelectMany(i => HeadAndReset(1 + (2 * i)))]);
        await client.UntilAsync("goaway");
        await using var other = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        other.Open("GET", "/", end: true);
        await other.UntilAsync("end 1");
        Assert.Equal("head 1 200 content-length=5; data 1 hello; end 1", other.Log);
    }

    // The window of a stream is closed until the test opens it; meanwhile another stream is served.
    [Fact]
    public async Task StreamNobodyReads_doesNotHoldUpTheOthers()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            var head = await me.HeadAsync(connection);
            await connection.SendAsync(head.StartsWith("GET /large", StringComparison.Ordinal)
                ? $"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{new string('x', 1_000_000)}"
                : Hello);
        });
        await using var gateway = await ToAsync(upstream.Port);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port, new Http2Limits { StreamWindowBytes = 65_535 });
        client.Takes = false;
        client.Open("GET", "/large", end: true);
        await client.UntilAsync("head 1 200");
        client.Open("GET", "/small", end: true);
        await client.UntilAsync("end 3");
        Assert.Contains("data 3 hello", client.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("end 1", client.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_isAnsweredByGoAway()
    {
        await using var gateway = await ToAsync(1);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Http2.Port);
        client.Session.Output.Clear();
        await client.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n"));
        await client.UntilAsync("over");
        Assert.Equal("goaway; over", client.Log);
    }

    private static Wire.Fields.FieldTable Trailers(string name, string value)
    {
        var table = new Wire.Fields.FieldTable();
        var bytes = Encoding.ASCII.GetBytes($"0\r\n{name}:{value}\r\n\r\n");
        new Wire.Http1.ChunkedDecoder(Wire.Http1.ChunkLimits.Default).Read(bytes, table, out _, out _);
        return table;
    }

    private static byte[] HeadAndReset(int id)
    {
        byte[] number = [0, 0, (byte)(id >> 8), (byte)id];

        // GET http://a/ by the static table and one literal.
        return [0, 0, 6, 1, 5, .. number, 0x82, 0x86, 0x84, 0x01, 0x01, (byte)'a', 0, 0, 4, 3, 0, .. number, 0, 0, 0, 8];
    }

    private Task<RunningGateway> ToAsync(int port, Action<GatewayOptions>? change = null, TimeProvider? clock = null) => RunningGateway.ToAsync(
        [port],
        options =>
        {
            change?.Invoke(options);
            options.Transport = transport;
            options.Loops = 1;
            options.Http2 = new Hosting.ListenAddress("127.0.0.1", 0);
        },
        clock: clock);

    public sealed class OnLoops() : Http2ClientBehaviourTests(GatewayTransport.Loops);

    public sealed class OnFramework() : Http2ClientBehaviourTests(GatewayTransport.Framework);
}
