using Banyan.Wire.Fields;
using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

public sealed class Http2ServerSessionTests
{
    public static TheoryData<string, string, string> Cases => CaseFile.Read("Http2ServerCases.txt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Script_played_hasItsOutcome(string name, string script, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, new ServerScript().Play(script));
    }

    // The same, each frame in portions of one byte: the outcome must not depend on how bytes were split.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Script_playedByteByByte_hasTheSameOutcome(string name, string script, string expected)
    {
        Assert.NotEmpty(name);
        var server = new ServerScript { BytesAtOnce = 1 };
        Assert.Equal(expected, server.Play(script));
    }

    // What each type of frame does to a stream in each state (RFC 9113 section 5.1). "-" = nothing happens.
    [Theory]
    [InlineData("idle", "", "DATA 1 1", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "TRAILERS 1", "RST 1 ProtocolError")]
    [InlineData("idle", "", "PRIORITY 1", "-")]
    [InlineData("idle", "", "RST 1 0", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "PUSH 1", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "WINDOW 1 1", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "CONT 1 EH", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "FRAME 77 0 1 00", "-")]
    [InlineData("idle", "", "WINDOW 2 1", "GOAWAY 0 ProtocolError")]
    [InlineData("idle", "", "DATA 2 1", "GOAWAY 0 ProtocolError")]
    [InlineData("open", "POST 1", "DATA 1 1", "data 1 1")]
    [InlineData("open", "POST 1", "DATA 1 1 ES", "data 1 1; end 1")]
    [InlineData("open", "POST 1", "TRAILERS 1", "trailers 1")]
    [InlineData("open", "POST 1", "POST 1", "reset 1 ProtocolError; RST 1 ProtocolError")]
    [InlineData("open", "POST 1", "PRIORITY 1", "-")]
    [InlineData("open", "POST 1", "RST 1 8", "reset 1 Cancel")]
    [InlineData("open", "POST 1", "RST 1 4660", "reset 1 4660")]
    [InlineData("open", "POST 1", "PUSH 1", "reset 1 ProtocolError; GOAWAY 1 ProtocolError")]
    [InlineData("open", "POST 1", "WINDOW 1 1", "-")]
    [InlineData("open", "POST 1", "CONT 1 EH", "reset 1 ProtocolError; GOAWAY 1 ProtocolError")]
    [InlineData("open", "POST 1", "FRAME 77 0 1 00", "-")]
    [InlineData("half-closed (remote)", "GET 1", "DATA 1 1", "reset 1 StreamClosed; RST 1 StreamClosed")]
    [InlineData("half-closed (remote)", "GET 1", "TRAILERS 1", "reset 1 StreamClosed; RST 1 StreamClosed")]
    [InlineData("half-closed (remote)", "GET 1", "GET 1", "reset 1 StreamClosed; RST 1 StreamClosed")]
    [InlineData("half-closed (remote)", "GET 1", "PRIORITY 1", "-")]
    [InlineData("half-closed (remote)", "GET 1", "RST 1 8", "reset 1 Cancel")]
    [InlineData("half-closed (remote)", "GET 1", "PUSH 1", "reset 1 ProtocolError; GOAWAY 1 ProtocolError")]
    [InlineData("half-closed (remote)", "GET 1", "WINDOW 1 1", "-")]
    [InlineData("half-closed (remote)", "GET 1", "CONT 1 EH", "reset 1 ProtocolError; GOAWAY 1 ProtocolError")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "DATA 1 1", "data 1 1")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "TRAILERS 1", "trailers 1")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "PRIORITY 1", "-")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "RST 1 8", "reset 1 Cancel")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "WINDOW 1 1", "-")]
    [InlineData("half-closed (local)", "POST 1; answer 1 end", "CONT 1 EH", "reset 1 ProtocolError; GOAWAY 1 ProtocolError")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "DATA 1 1", "RST 1 StreamClosed")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "TRAILERS 1", "GOAWAY 1 StreamClosed")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "PRIORITY 1", "-")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "RST 1 8", "-")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "PUSH 1", "GOAWAY 1 ProtocolError")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "WINDOW 1 1", "-")]
    [InlineData("closed, both ended", "GET 1; answer 1 end", "CONT 1 EH", "GOAWAY 1 ProtocolError")]
    [InlineData("closed, reset by the client", "POST 1; RST 1 8", "DATA 1 1", "RST 1 StreamClosed")]
    [InlineData("closed, reset by the client", "POST 1; RST 1 8", "TRAILERS 1", "GOAWAY 1 StreamClosed")]
    [InlineData("closed, reset by the client", "POST 1; RST 1 8", "RST 1 8", "-")]
    [InlineData("closed, reset by the client", "POST 1; RST 1 8", "WINDOW 1 1", "-")]
    [InlineData("closed, reset by the client", "POST 1; RST 1 8", "PRIORITY 1", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "DATA 1 1", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "TRAILERS 1", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "RST 1 8", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "WINDOW 1 1", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "PRIORITY 1", "-")]
    [InlineData("closed, reset by the server", "POST 1; reset 1", "PUSH 1", "GOAWAY 1 ProtocolError")]
    [InlineData("closed, never opened", "GET 5; answer 5 end", "DATA 3 1", "RST 3 StreamClosed")]
    [InlineData("closed, never opened", "GET 5; answer 5 end", "GET 3", "GOAWAY 5 ProtocolError")]
    [InlineData("closed, never opened", "GET 5; answer 5 end", "WINDOW 3 1", "-")]
    [InlineData("closed, never opened", "GET 5; answer 5 end", "RST 3 1", "-")]
    public void Frame_inAState_hasItsOutcome(string state, string before, string frame, string expected)
    {
        var server = new ServerScript();
        server.Play(before);
        server.Log.Clear();
        Assert.True(server.Play(frame) == expected.TrimStart('-'), $"{state}, {frame}: {server.Log}");
        Assert.Equal(expected.Contains("GOAWAY", StringComparison.Ordinal), server.Session.Failed);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r")]
    public void Preface_thatIsNone_failsTheConnection(string bytes)
    {
        var server = new ServerScript(begun: false);
        server.Session.Receive(System.Text.Encoding.ASCII.GetBytes(bytes), 0);
        server.Log.TakeOutput();
        Assert.Equal("SETTINGS 5; WINDOW 0 983041; GOAWAY 0 ProtocolError", server.Log.ToString());
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("GET 1")]
    [InlineData("SETTINGSACK")]
    [InlineData("FRAME 99 0 0")]
    public void FirstFrame_otherThanSettings_failsTheConnection(string frame)
    {
        var server = new ServerScript(begun: false);
        server.Log.TakeOutput();
        server.Log.Clear();
        server.Session.Receive(Http2ServerSession.Preface, 0);
        Assert.Equal("GOAWAY 0 ProtocolError", server.Play(frame));
    }

    [Fact]
    public void Streams_beyondTheLimit_areRefusedAndTheOthersServed()
    {
        var server = new ServerScript(new Http2Limits { MaxStreams = 2 });
        Assert.Equal(
            "head 1; end 1; head 3; RST 5 RefusedStream; HEADERS 1 :status: 200 ES; head 7; end 7",
            server.Play("GET 1; POST 3; POST 5; DATA 5 3 ES; answer 1 end; GET 7"));
    }

    [Fact]
    public void Head_beyondItsLimit_isAnsweredBy431()
    {
        var server = new ServerScript(new Http2Limits { MaxHeadBytes = 300 });
        Assert.Equal("HEADERS 1 :status: 431 ES; RST 1 NoError; head 3; end 3", server.Play("HEADERS 1 ES get a=x*200; GET 3"));
        var fields = new ServerScript(new Http2Limits { MaxFields = 3 });
        Assert.Equal("head 1; end 1; HEADERS 3 :status: 431 ES; RST 3 NoError", fields.Play("HEADERS 1 ES get a=1 b=2 c=3; HEADERS 3 ES get a=1 b=2 c=3 d=4"));
    }

    [Theory]
    [InlineData("HEADERS 1 NOEH get a=x*15000; CONT 1 a=x*15000; CONT 1 a=x*15000; CONT 1 a=x*15000; CONT 1 a=x*15000")]
    [InlineData("HEADERS 1 NOEH get; CONT 1; CONT 1; CONT 1; CONT 1; CONT 1; CONT 1; CONT 1; CONT 1; CONT 1")]
    public void Head_continuedForever_failsTheConnection(string script)
    {
        var server = new ServerScript(new Http2Limits { MaxContinuations = 8 });
        Assert.Equal("GOAWAY 0 EnhanceYourCalm", server.Play(script));
    }

    [Fact]
    public void ConnectProtocol_offered_isTaken()
    {
        var server = new ServerScript(connectProtocol: true);
        server.Play("HEADERS 1 :method=CONNECT :protocol=websocket :scheme=https :path=/chat :authority=a.test sec-websocket-version=13");
        Assert.Equal(":method: CONNECT|:scheme: https|:path: /chat|:authority: a.test|:protocol: websocket|sec-websocket-version: 13", server.Log.Heads);
    }

    [Fact]
    public void Window_ofAStreamNobodyReads_isAllThatIsTaken()
    {
        var server = new ServerScript(new Http2Limits { StreamWindowBytes = 65_535, ConnectionWindowBytes = 65_535 * 4 });
        server.Log.Takes = false;
        Assert.Equal("head 1; data 1 65535; reset 1 FlowControlError; RST 1 FlowControlError", server.Play("POST 1; DATA 1 16384; DATA 1 16384; DATA 1 16384; DATA 1 16383; DATA 1 1"));
    }

    [Fact]
    public void Window_ofAStream_growsAsItsDataAreTaken()
    {
        var server = new ServerScript(new Http2Limits { StreamWindowBytes = 65_535, ConnectionWindowBytes = 65_535 });
        server.Log.Takes = false;
        server.Play("POST 1; DATA 1 16384; DATA 1 16384; take 1 16384");
        Assert.Equal("head 1; data 1 32768", server.Log.ToString());
        Assert.Equal("head 1; data 1 32768; WINDOW 1 32768; WINDOW 0 32768", server.Play("take 1 16384"));
    }

    [Fact]
    public void Window_ofTheConnection_isGivenBackByStreamsThatAreReset()
    {
        var server = new ServerScript(new Http2Limits { ConnectionWindowBytes = 65_535 });
        server.Log.Takes = false;
        Assert.Equal("head 1; data 1 32768; RST 1 Cancel; WINDOW 0 32768", server.Play("POST 1; DATA 1 16384; DATA 1 16384; reset 1"));
        server.Log.Clear();
        Assert.Equal("WINDOW 0 32768", server.Play("DATA 1 16384; DATA 1 16384"));
    }

    [Fact]
    public void Window_ofTheConnectionExceeded_failsIt()
    {
        var server = new ServerScript(new Http2Limits { StreamWindowBytes = 1 << 20, ConnectionWindowBytes = 65_535 });
        server.Log.Takes = false;
        Assert.Equal("head 1; data 1 65535; reset 1 FlowControlError; GOAWAY 1 FlowControlError", server.Play("POST 1; DATA 1 16384; DATA 1 16384; DATA 1 16384; DATA 1 16383; DATA 1 1"));
    }

    [Fact]
    public void Output_nobodySends_holdsDataBackInTheirStream()
    {
        var server = new ServerScript(new Http2Limits { OutputBytes = 1000 });
        server.Play("WINDOW 0 1000000; SETTINGS 4=1000000; GET 1; answer 1");
        var stream = server.Log.Streams[1];
        server.Session.SendData(stream, new byte[5000], endStream: false);
        Assert.InRange(server.Session.Output.Length, 1000, 1100);
        Assert.Equal(4000, stream.Waiting);
        server.Session.Flush();
        Assert.Equal(4000, stream.Waiting);
        server.Session.Output.Sent(server.Session.Output.Length);
        server.Session.Flush();
        Assert.Equal(3000, stream.Waiting);
    }

    [Fact]
    public void Drain_withoutStreams_isFinishedWhenTheClientAnswered()
    {
        var server = new ServerScript();
        server.Play("GET 1; drain; FRAME 6 1 0 62616e79616e0002");
        Assert.True(server.Session.Drained);
        Assert.False(server.Session.IsFinished);
        server.Play("answer 1 end");
        Assert.True(server.Session.IsFinished);
    }

    [Fact]
    public void Ping_answered_isNotAwaitedAnyMore()
    {
        var server = new ServerScript();
        server.Session.Ping();
        Assert.True(server.Session.AwaitsPong);
        Assert.Equal("PING; PONG", server.Play("PING"));
        Assert.True(server.Session.AwaitsPong);
        server.Play("FRAME 6 1 0 62616e79616e0001");
        Assert.False(server.Session.AwaitsPong);
    }

    [Fact]
    public void Abort_closesEveryStreamOnceAndSendsNothing()
    {
        var server = new ServerScript();
        server.Log.TellsClosed = true;
        server.Play("POST 1; GET 3");
        server.Log.Clear();
        server.Session.Abort();
        server.Session.Abort();
        Assert.Equal("reset 1 Cancel; closed 1; reset 3 Cancel; closed 3", server.Log.ToString());
        Assert.Equal(0, server.Session.Output.Length);
        Assert.Equal(0, server.Session.StreamCount);
    }

    [Fact]
    public void Head_largerThanAFrame_isContinued()
    {
        var server = new ServerScript();
        server.Play("GET 1");
        var value = new byte[40_000];
        value.AsSpan().Fill((byte)'v');
        server.Session.BeginHead(server.Log.Streams[1], 200);
        server.Session.Field("X-Long"u8, value, FieldId.Unknown);
        server.Session.EndHead(endStream: true);
        server.Log.Clear();
        server.Log.TakeOutput();
        Assert.Equal("Headers 1 16384 ES; Continuation 1 16384; Continuation 1 7245", server.Log.ToString());
    }

    [Fact]
    public void Call_afterTheEnd_isRefused()
    {
        var server = new ServerScript();
        server.Play("POST 1");
        var stream = server.Log.Streams[1];
        Assert.Throws<InvalidOperationException>(() => server.Session.SendData(stream, "x"u8, endStream: false));
        server.Play("answer 1 end");
        Assert.Throws<InvalidOperationException>(() => server.Session.SendData(stream, "x"u8, endStream: false));
        Assert.Throws<InvalidOperationException>(() => server.Session.BeginHead(stream, 200));
        server.Play("RST 1 8");
        server.Session.SendData(stream, "x"u8, endStream: false);
        server.Session.Reset(stream, Http2ErrorCode.Cancel);
        server.Log.Clear();
        server.Log.TakeOutput();
        Assert.Equal("", server.Log.ToString());
    }

    // Those of the static table and others (RFC 7541 appendix A).
    [Theory]
    [InlineData(103)]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(599)]
    public void Status_ofAnAnswer_isRead(int status)
    {
        var server = new ServerScript();
        server.Play("GET 1");
        server.Log.Clear();
        server.Session.BeginHead(server.Log.Streams[1], status);
        server.Session.EndHead(endStream: false);
        server.Log.TakeOutput();
        Assert.Equal($"HEADERS 1 :status: {status}", server.Log.ToString());
    }

    [Theory]
    [InlineData("answer 1 end", true)]
    [InlineData("answer 1; write 1 3 end", true)]
    [InlineData("answer 1; write 1 3", false)]
    public void Stream_left_isResetOnceItsOwnEndIsWritten(string answer, bool ended)
    {
        var server = new ServerScript();
        server.Play($"POST 1; {answer}");
        var stream = server.Log.Streams[1];
        server.Log.Clear();
        server.Session.Leave(stream);
        server.Log.TakeOutput();
        Assert.Equal(ended ? "RST 1 NoError" : "", server.Log.ToString());
        Assert.Equal(ended ? "" : "DATA 1 0 ES; RST 1 NoError", ended ? "" : server.Play("write 1 0 end"));
        server.Session.Leave(stream);
        Assert.Equal(0, server.Session.Output.Length);
        Assert.Equal(0, server.Session.StreamCount);
    }

    [Fact]
    public void Trailers_withoutFields_endTheStreamByData()
    {
        var server = new ServerScript();
        server.Play("GET 1; answer 1");
        var stream = server.Log.Streams[1];
        server.Log.Clear();
        server.Session.SendTrailers(stream, default, new FieldTable());
        server.Log.TakeOutput();
        Assert.Equal("DATA 1 0 ES", server.Log.ToString());
        server.Session.SendTrailers(stream, default, new FieldTable());
        server.Session.Consumed(stream, 1);
        Assert.Equal(0, server.Session.Output.Length);
    }

    [Fact]
    public void Failure_ofAFailedConnection_changesNothing()
    {
        var server = new ServerScript();
        server.Session.Fail(Http2ErrorCode.InternalError, "first");
        server.Log.TakeOutput();
        server.Session.Fail(Http2ErrorCode.Cancel, "second");
        Assert.Equal((Http2ErrorCode.InternalError, "first", 0), (server.Session.FailureCode, server.Session.FailureReason, server.Session.Output.Length));
    }
}
