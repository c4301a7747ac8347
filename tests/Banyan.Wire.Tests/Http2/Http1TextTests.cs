using System.Text;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

/// <summary>Heads of HTTP/2 as HTTP/1.1, and back.</summary>
public sealed class Http1TextTests
{
    [Theory]
    [InlineData("get", true, "GET / HTTP/1.1|Host: a.test|Connection: close||")]
    [InlineData("get x-a=1 accept=b", true, "GET / HTTP/1.1|Host: a.test|x-a: 1|accept: b|Connection: close||")]
    [InlineData("get cookie=a=1 x-a=1 cookie=b=2", true, "GET / HTTP/1.1|Host: a.test|x-a: 1|Cookie: a=1; b=2|Connection: close||")]
    [InlineData("get te=trailers", true, "GET / HTTP/1.1|Host: a.test|Connection: close, TE|TE: trailers||")]
    [InlineData("post", false, "POST / HTTP/1.1|Host: a.test|Connection: close|Transfer-Encoding: chunked||")]
    [InlineData("post", true, "POST / HTTP/1.1|Host: a.test|Connection: close|Content-Length: 0||")]
    [InlineData("post content-length=7", false, "POST / HTTP/1.1|Host: a.test|Connection: close|Content-Length: 7||")]
    [InlineData("get host=a.test", true, "GET / HTTP/1.1|Host: a.test|Connection: close||")]
    [InlineData("get http2-settings=x", true, "GET / HTTP/1.1|Host: a.test|Connection: close||")]
    [InlineData(":method=OPTIONS :scheme=http :path=%2A :authority=a", true, "OPTIONS * HTTP/1.1|Host: a|Connection: close||")]
    [InlineData(":method=CONNECT :authority=a:1", false, "CONNECT a:1 HTTP/1.1|Host: a:1|Connection: close|Transfer-Encoding: chunked||")]
    [InlineData(
        ":method=CONNECT :protocol=websocket :scheme=http :path=/c :authority=a sec-websocket-key=own", false,
        "GET /c HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Key: YmFueWFuIG92ZXIgaHR0cA==||")]
    [InlineData(
        ":method=CONNECT :protocol=websocket :scheme=http :path=/c :authority=a sec-websocket-version=13", false,
        "GET /c HTTP/1.1|Host: a|sec-websocket-version: 13|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Key: YmFueWFuIG92ZXIgaHR0cA==||")]
    public void Request_isWrittenAsHttp11(string fields, bool ended, string expected)
    {
        var text = "";
        var server = new ServerScript(connectProtocol: true);
        server.Log.OnHeadOf = head =>
        {
            var queue = new ByteQueue();
            var chunked = Http1Text.WriteRequest(queue, head, ended);
            text = Encoding.ASCII.GetString(queue.Bytes);
            Assert.Equal(text.Contains("chunked", StringComparison.Ordinal), chunked);
        };
        server.Play($"HEADERS 1 {(ended ? "ES " : "")}{fields}");
        Assert.Equal(expected.Replace("|", "\r\n", StringComparison.Ordinal), text);

        // Whatever was written is taken by the parser of HTTP/1.1, with the same framing.
        var parsed = new RequestHead();
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(Encoding.ASCII.GetBytes(text), parsed, HeadLimits.Default));
        Assert.Equal(text.Contains("TE: trailers", StringComparison.Ordinal), parsed.AcceptsTrailers);
        Assert.Equal(text.Contains("websocket\r\n", StringComparison.Ordinal), !parsed.Upgrade.IsEmpty);
    }

    [Theory]
    [InlineData("get", ":status=200 x-a=1", false, "HTTP/1.1 200 |x-a: 1|Transfer-Encoding: chunked||")]
    [InlineData("get", ":status=200", true, "HTTP/1.1 200 |Content-Length: 0||")]
    [InlineData("get", ":status=200 content-length=5", false, "HTTP/1.1 200 |Content-Length: 5||")]
    [InlineData("get", ":status=103 link=a", false, "HTTP/1.1 103 |link: a||")]
    [InlineData("get", ":status=204", true, "HTTP/1.1 204 ||")]
    [InlineData("get", ":status=304 content-length=9", true, "HTTP/1.1 304 |Content-Length: 9||")]
    [InlineData("head", ":status=200 content-length=9", true, "HTTP/1.1 200 |Content-Length: 9||")]
    [InlineData("head", ":status=200", true, "HTTP/1.1 200 ||")]
    public void Answer_isWrittenAsHttp11(string method, string fields, bool ended, string expected)
    {
        var text = "";
        var client = new ClientScript();
        client.Log.OnHeadOf = head =>
        {
            var queue = new ByteQueue();
            Http1Text.WriteAnswer(queue, head, ended, bodiless: method == "head");
            text = Encoding.ASCII.GetString(queue.Bytes);
        };
        client.Play($"{method}; HEADERS 1 {(ended ? "ES " : "")}{fields}");
        Assert.Equal(expected.Replace("|", "\r\n", StringComparison.Ordinal), text);
        var known = method == "head" ? KnownMethod.Head : KnownMethod.Get;
        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse(Encoding.ASCII.GetBytes(text), new ResponseHead(), known, HeadLimits.Default));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 5|X-A: B|Connection: x-a, close|Keep-Alive: 1||", false, ":status: 200|content-length: 5")]
    [InlineData("HTTP/1.1 404 Gone|Transfer-Encoding: chunked|Set-Cookie: a=1|Set-Cookie: b=2||", false, ":status: 404|set-cookie: a=1|set-cookie: b=2")]
    [InlineData("HTTP/1.1 200 OK|Content-Type: application/grpc|Content-Length: 0|grpc-status: 5||", true, ":status: 200|content-type: application/grpc|grpc-status: 5")]
    [InlineData("HTTP/1.1 101 Switching|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: x|Sec-WebSocket-Protocol: y||", false, ":status: 200|sec-websocket-protocol: y")]
    public void AnswerOfHttp11_isSentAsAHead(string text, bool ends, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));
        var head = new ResponseHead();
        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse(bytes, head, KnownMethod.Get, HeadLimits.Default));
        var server = new ServerScript();
        server.Play("GET 1");
        server.Log.Clear();
        Http1Text.SendAnswer(server.Session, server.Log.Streams[1], bytes, head, ends);
        server.Log.TakeOutput();
        Assert.Equal($"HEADERS 1 {expected}{(ends ? " ES" : "")}", server.Log.ToString());
    }

    [Theory]
    [InlineData("GET /a?b HTTP/1.1|Host: a.test|Accept: c|Connection: TE|TE: trailers||", true, ":method: GET|:scheme: http|:path: /a?b|:authority: a.test|accept: c|te: trailers")]
    [InlineData("PUT /a HTTP/1.1|Host: a.test|Transfer-Encoding: chunked||", false, ":method: PUT|:scheme: http|:path: /a|:authority: a.test")]
    [InlineData("POST /a HTTP/1.1|Host: a.test|Content-Length: 3|X-Upper: Case||", false, ":method: POST|:scheme: http|:path: /a|:authority: a.test|content-length: 3|x-upper: Case")]
    public void RequestOfHttp11_isSentAsAHead(string text, bool ends, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, head, HeadLimits.Default));
        var client = new ClientScript();
        Http1Text.SendRequest(client.Session, client.Session.Open(), bytes, head, secure: false, ends);
        client.Log.TakeOutput();
        Assert.Equal($"HEADERS 1 {expected}{(ends ? " ES" : "")}", client.Log.ToString());
    }

    [Fact]
    public void Trailers_areTheLastChunk()
    {
        var text = "";
        var server = new ServerScript();
        server.Log.OnTrailersOf = trailers =>
        {
            var queue = new ByteQueue();
            Http1Text.WriteChunk(queue, "hello, world"u8);
            Http1Text.WriteLastChunk(queue, trailers);
            text = Encoding.ASCII.GetString(queue.Bytes);
        };
        server.Play("POST 1; HEADERS 1 ES x-sum=1 content-type=no grpc-status=0");
        Assert.Equal("c\r\nhello, world\r\n0\r\nx-sum: 1\r\ngrpc-status: 0\r\n\r\n", text);
    }
}
