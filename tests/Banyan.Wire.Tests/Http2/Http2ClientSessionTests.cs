using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

public sealed class Http2ClientSessionTests
{
    public static TheoryData<string, string, string> Cases => CaseFile.Read("Http2ClientCases.txt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Script_played_hasItsOutcome(string name, string script, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, new ClientScript().Play(script));
        Assert.Equal(expected, new ClientScript { BytesAtOnce = 1 }.Play(script));
    }

    // What an answer does to a request under way; the request itself is left out.
    [Theory]
    [InlineData("interim answers first", "get", "HEADERS 1 :status=103; HEADERS 1 :status=100; OK 1 ES", "head 1 103; head 1 100; head 1 200; end 1")]
    [InlineData("interim answer that ends", "get", "HEADERS 1 ES :status=103", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("status 101", "get", "HEADERS 1 :status=101", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("status 99", "get", "HEADERS 1 :status=099", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("status 600", "get", "HEADERS 1 :status=600", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("status of four digits", "get", "HEADERS 1 :status=2000", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("status of letters", "get", "HEADERS 1 :status=2x0", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("no status", "get", "HEADERS 1 a=b", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("two statuses", "get", "HEADERS 1 :status=200 :status=200", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a request's pseudo-field", "get", "HEADERS 1 :status=200 :path=/", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a name in upper case", "get", "HEADERS 1 :status=200 A=b", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a field of connections", "get", "HEADERS 1 :status=200 connection=close", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a line end in a value", "get", "HEADERS 1 :status=200 a=b%0D%0Ac", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("data before the head", "get", "DATA 1 1", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a length that is kept", "get", "HEADERS 1 :status=200 content-length=2; DATA 1 2 ES", "head 1 200; data 1 2; end 1")]
    [InlineData("a length that is exceeded", "get", "HEADERS 1 :status=200 content-length=2; DATA 1 3", "head 1 200; reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a length that is not reached", "get", "HEADERS 1 :status=200 content-length=2; DATA 1 1 ES", "head 1 200; reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a length and no body", "get", "HEADERS 1 ES :status=200 content-length=2", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a length and no body, to HEAD", "head", "HEADERS 1 ES :status=200 content-length=2", "head 1 200; end 1")]
    [InlineData("data, to HEAD", "head", "HEADERS 1 :status=200 content-length=2; DATA 1 2", "head 1 200; reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("no data, to HEAD", "head", "HEADERS 1 :status=200 content-length=2; DATA 1 0 ES", "head 1 200; end 1")]
    [InlineData("data with 204", "get", "HEADERS 1 :status=204; DATA 1 2", "head 1 204; reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("a length with 304", "get", "HEADERS 1 ES :status=304 content-length=9", "head 1 304; end 1")]
    [InlineData("a third head", "get", "OK 1; OK 1", "head 1 200; reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("refused", "post", "RST 1 7", "reset 1 RefusedStream unprocessed")]
    [InlineData("reset", "post", "RST 1 8", "reset 1 Cancel")]
    [InlineData("an early answer", "post", "OK 1 ES", "head 1 200; end 1")]
    [InlineData("an answer, then no more of the request", "post", "OK 1 ES; RST 1 0", "head 1 200; end 1; reset 1 NoError")]
    [InlineData("goaway beyond this stream", "get", "GOAWAY 1 0; OK 1 ES", "head 1 200; end 1")]
    [InlineData("goaway before this stream", "get", "GOAWAY 0 0", "reset 1 RefusedStream unprocessed")]
    [InlineData("goaway with an error before this stream", "get", "GOAWAY 0 11", "reset 1 EnhanceYourCalm unprocessed")]
    [InlineData("two goaways", "get; get", "GOAWAY 2147483647 0; GOAWAY 1 0; OK 1 ES", "reset 3 RefusedStream unprocessed; head 1 200; end 1")]
    [InlineData("an answer nobody asked for", "get", "OK 3", "reset 1 ProtocolError; GOAWAY 0 ProtocolError")]
    [InlineData("a stream of the server", "get", "OK 2", "reset 1 ProtocolError; GOAWAY 0 ProtocolError")]
    [InlineData("push", "get", "PUSH 1", "reset 1 ProtocolError; GOAWAY 0 ProtocolError")]
    [InlineData("push enabled", "get", "SETTINGS 2=1", "reset 1 ProtocolError; GOAWAY 0 ProtocolError")]
    [InlineData("push disabled", "get", "SETTINGS 2=0", "SETTINGSACK")]
    [InlineData("frames after a reset", "get; reset 1", "OK 1; DATA 1 5 ES", "")]
    [InlineData("a head after the end", "get; OK 1 ES", "OK 1", "GOAWAY 0 StreamClosed")]
    [InlineData("data after the end", "get; OK 1 ES", "DATA 1 1", "RST 1 StreamClosed")]
    [InlineData("ping", "get", "PING", "PONG")]
    public void Answer_toARequest_hasItsOutcome(string name, string before, string script, string expected)
    {
        var client = new ClientScript();
        client.Play(before);
        client.Log.Clear();
        Assert.True(client.Play(script) == expected, $"{name}: {client.Log}");
    }

    [Fact]
    public void Streams_areAsManyAsTheServerTakes()
    {
        var client = new ClientScript();
        client.Play("SETTINGS 3=2; get; get");
        Assert.False(client.Session.CanOpen);
        Assert.False(client.Session.IsLeaving);
        Assert.Throws<InvalidOperationException>(() => client.Session.Open());
        client.Play("OK 1 ES");
        Assert.True(client.Session.CanOpen);
        client.Play("SETTINGS 3=0");
        Assert.False(client.Session.CanOpen);
    }

    [Fact]
    public void Streams_areNeverOpenedAfterGoAway()
    {
        var client = new ClientScript();
        client.Play("get; GOAWAY 2147483647 0");
        Assert.True(client.Session.IsLeaving);
        Assert.False(client.Session.CanOpen);
        Assert.Equal(1, client.Session.StreamCount);
    }

    [Fact]
    public void ConnectProtocol_offeredAndTakenBack_failsTheConnection()
    {
        var client = new ClientScript();
        Assert.False(client.Session.ConnectProtocol);
        client.Play("SETTINGS 8=1");
        Assert.True(client.Session.ConnectProtocol);
        client.Log.Clear();
        Assert.Equal("GOAWAY 0 ProtocolError", client.Play("SETTINGS 8=0"));
    }

    [Fact]
    public void FirstBytes_arePrefaceAndSettings()
    {
        var log = new SessionLog();
        var session = new Http2ClientSession(Http2Limits.Default, log, new Http2Workspace());
        Assert.True(session.Output.Bytes.StartsWith(Http2ServerSession.Preface));
        log.Session = session;
        log.TakeOutput();
        Assert.Equal("SETTINGS 4; WINDOW 0 983041", log.ToString());
    }

    // Both ends against each other, in portions of every size, with windows that are too small for everything at once.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void BothEnds_joined_carryEverything(int portion)
    {
        var client = new ClientScript();
        var limits = new Http2Limits { OutputBytes = 5000 };
        var server = new ServerScript(limits, begun: false);
        var early = new Http2ClientSession(limits, client.Log, new Http2Workspace());
        client.Log.Session = early;
        for (var i = 0; i < 3; i++)
        {
            var stream = early.Open();
            client.Log.Streams[stream.Id] = stream;
            early.BeginHead(stream, "POST"u8, secure: true, "a.test"u8, "/x"u8);
            early.EndHead(endStream: false);
            early.SendData(stream, new byte[100_000], endStream: true);
        }

        Carry(early, server.Session, portion);
        Assert.Equal(3, server.Log.Streams.Count);
        Assert.All(server.Log.Streams.Values, stream => Assert.True(stream.RemoteEnded));
        foreach (var stream in server.Log.Streams.Values.ToArray())
        {
            server.Session.BeginHead(stream, 200);
            server.Session.EndHead(endStream: false);
            server.Session.SendData(stream, new byte[150_000], endStream: true);
        }

        Carry(early, server.Session, portion);
        Assert.Equal(0, early.StreamCount);
        Assert.Equal(0, server.Session.StreamCount);
        Assert.Equal(300_000, Sum(server.Log));
        Assert.Equal(450_000, Sum(client.Log));
    }

    private static int Sum(SessionLog log) =>
        log.ToString().Split("; ").Where(line => line.StartsWith("data ", StringComparison.Ordinal)).Sum(line => int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1)));

    private static void Carry(Http2ClientSession client, Http2ServerSession server, int portion)
    {
        while (client.Output.Length + server.Output.Length > 0)
        {
            Move(client, server, portion);
            Move(server, client, portion);
        }
    }

    private static void Move(Http2Session from, Http2Session to, int portion)
    {
        var count = Math.Min(portion, from.Output.Length);
        var bytes = from.Output.Bytes[..count].ToArray();
        from.Output.Sent(count);
        to.Receive(bytes, 0);
        from.Flush();
    }
}
