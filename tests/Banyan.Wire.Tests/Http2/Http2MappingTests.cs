using System.Text;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests.Http2;

public sealed class Http2MappingTests
{
    private const string Get = ":method=GET|:scheme=https|:authority=a.example|:path=/x?y";

    [Theory]
    [InlineData(Get, true, "GET /x?y HTTP/1.1\nHost: a.example\n\n")]
    [InlineData(Get + "|accept=*/*|x-a=b c", true, "GET /x?y HTTP/1.1\nHost: a.example\naccept: */*\nx-a: b c\n\n")]
    [InlineData(Get + "|host=a.example", true, "GET /x?y HTTP/1.1\nHost: a.example\n\n")]
    [InlineData(":method=GET|:scheme=http|:path=/|host=b.example:8080", true, "GET / HTTP/1.1\nHost: b.example:8080\n\n")]
    [InlineData(Get + "|cookie=a=b|x=1|cookie=c=d; e=f", true, "GET /x?y HTTP/1.1\nHost: a.example\nCookie: a=b; c=d; e=f\nx: 1\n\n")]
    [InlineData(":method=POST|:scheme=http|:authority=a|:path=/|content-length=5", false, "POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\n")]
    [InlineData(":method=POST|:scheme=http|:authority=a|:path=/", false, "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n")]
    [InlineData(":method=POST|:scheme=http|:authority=a|:path=/|content-length=0", true, "POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n")]
    [InlineData(":method=POST|:scheme=http|:authority=a|:path=/|te=trailers", false, "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTE: trailers\n\n")]
    [InlineData(":method=OPTIONS|:scheme=http|:authority=a|:path=*", true, "OPTIONS * HTTP/1.1\nHost: a\n\n")]
    [InlineData(":method=CONNECT|:authority=a:443", false, "CONNECT a:443 HTTP/1.1\nHost: a:443\nTransfer-Encoding: chunked\n\n")]
    [InlineData(
        ":method=CONNECT|:protocol=websocket|:scheme=https|:authority=a|:path=/chat|sec-websocket-version=13",
        false,
        "GET /chat HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: KEY\nsec-websocket-version: 13\n\n")]
    public void Request_list_becomes_a_head_the_parser_takes(string list, bool endsStream, string expected)
    {
        var request = new Http2RequestHead();
        request.Reset();
        Assert.Equal(Http2Fault.None, Add(request, list));
        Assert.Equal(Http2Fault.None, request.End(endsStream));

        var written = Heads.Written((ref HeadWriter writer) => request.Write(ref writer, endsStream, "KEY"u8));

        Assert.Equal(expected, written);
        Heads.Parse(written.Replace("\n", "\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("X-A=1", Http2Fault.NameInvalid)]
    [InlineData("=1", Http2Fault.NameInvalid)]
    [InlineData("x a=1", Http2Fault.NameInvalid)]
    [InlineData("x:a=1", Http2Fault.NameInvalid)]
    [InlineData("x\r\ny=1", Http2Fault.NameInvalid)]
    [InlineData("x\u00e9=1", Http2Fault.NameInvalid)]
    [InlineData("x= 1", Http2Fault.ValueInvalid)]
    [InlineData("x=1\t", Http2Fault.ValueInvalid)]
    [InlineData("x=1\r\ny: 2", Http2Fault.ValueInvalid)]
    [InlineData("x=\0", Http2Fault.ValueInvalid)]
    [InlineData(":status=200", Http2Fault.PseudoUnknown)]
    [InlineData(":=x", Http2Fault.PseudoUnknown)]
    [InlineData(":method=GET|:method=GET", Http2Fault.PseudoRepeated)]
    [InlineData(":path=/|:path=/", Http2Fault.PseudoRepeated)]
    [InlineData("x=1|:path=/", Http2Fault.PseudoLate)]
    [InlineData(":method=", Http2Fault.PseudoInvalid)]
    [InlineData(":method=G T", Http2Fault.PseudoInvalid)]
    [InlineData(":path=", Http2Fault.PseudoInvalid)]
    [InlineData(":path=x", Http2Fault.PseudoInvalid)]
    [InlineData(":path=/a b", Http2Fault.PseudoInvalid)]
    [InlineData(":path=/\u00e9", Http2Fault.PseudoInvalid)]
    [InlineData(":scheme=ftp", Http2Fault.PseudoInvalid)]
    [InlineData(":authority=u@a", Http2Fault.PseudoInvalid)]
    [InlineData(":authority=", Http2Fault.PseudoInvalid)]
    [InlineData("connection=close", Http2Fault.ConnectionField)]
    [InlineData("keep-alive=x", Http2Fault.ConnectionField)]
    [InlineData("proxy-connection=x", Http2Fault.ConnectionField)]
    [InlineData("transfer-encoding=chunked", Http2Fault.ConnectionField)]
    [InlineData("upgrade=h2c", Http2Fault.ConnectionField)]
    [InlineData("te=gzip", Http2Fault.TeInvalid)]
    [InlineData("te=trailers, gzip", Http2Fault.TeInvalid)]
    [InlineData("content-length=x", Http2Fault.ContentLengthInvalid)]
    [InlineData("content-length=5|content-length=5", Http2Fault.ContentLengthInvalid)]
    [InlineData("x=0123456789012345678901234567890123456789012345678901234567890123456789", Http2Fault.TooLarge)]
    public void Add_refuses_what_HTTP2_must_not_have(string list, Http2Fault fault)
    {
        var request = new Http2RequestHead(64);

        Assert.Equal(fault, Add(request, list));
    }

    [Theory]
    [InlineData(":scheme=http|:path=/", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=GET|:path=/", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=GET|:scheme=http", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=CONNECT", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=CONNECT|:authority=a:1|:path=/", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=CONNECT|:authority=a:1|:scheme=http", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=CONNECT|:protocol=websocket|:authority=a", true, Http2Fault.PseudoMissing)]
    [InlineData(":method=GET|:protocol=websocket|:scheme=http|:authority=a|:path=/", true, Http2Fault.PseudoMissing)]
    [InlineData(Get + "|host=b.example", true, Http2Fault.HostMismatch)]
    [InlineData(Get + "|host=a.example|host=a.example", true, Http2Fault.HostMismatch)]
    [InlineData(Get + "|content-length=5", true, Http2Fault.ContentLengthInvalid)]
    public void End_refuses_what_only_the_whole_list_shows(string list, bool endsStream, Http2Fault fault)
    {
        var request = new Http2RequestHead();
        Assert.Equal(Http2Fault.None, Add(request, list));

        Assert.Equal(fault, request.End(endsStream));
    }

    [Fact]
    public void Reset_forgets_the_request_before()
    {
        var request = new Http2RequestHead(100);
        Add(request, Get + "|content-length=5|cookie=a");
        request.Reset();
        Assert.Equal(Http2Fault.None, Add(request, ":method=PUT|:scheme=http|:path=/b|host=b"));

        Assert.Equal(Http2Fault.None, request.End(true));
        Assert.Equal(-1, request.ContentLength);
        Assert.False(request.IsHttps);
        Assert.Equal("PUT /b HTTP/1.1\nHost: b\n\n", Heads.Written((ref HeadWriter writer) => request.Write(ref writer, true)));
    }

    [Theory]
    [InlineData("GET /x?y HTTP/1.1\r\nHost: a.example\r\nX-A: B\r\nConnection: x-b\r\nX-B: 1\r\n\r\n", ":method=GET|:scheme=http|:authority=a.example|:path=/x?y|x-a=B")]
    [InlineData("GET http://A.example?y HTTP/1.1\r\nHost: a.example\r\n\r\n", ":method=GET|:scheme=http|:authority=A.example|:path=/?y")]
    [InlineData("GET http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n", ":method=GET|:scheme=http|:authority=a.example|:path=/")]
    [InlineData("OPTIONS http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n", ":method=OPTIONS|:scheme=http|:authority=a.example|:path=*")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", ":method=OPTIONS|:scheme=http|:authority=a.example|:path=*")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", ":method=GET|:scheme=http|:path=/")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTE: gzip, trailers\r\nTransfer-Encoding: chunked\r\n\r\n", ":method=POST|:scheme=http|:authority=a|:path=/|te=trailers")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", ":method=POST|:scheme=http|:authority=a|:path=/|content-length=5")]
    public void Request_head_becomes_a_list(string text, string expected)
    {
        var (bytes, head) = Heads.Parse(text);

        Assert.Equal(expected, Text(new Http2FieldList(bytes, head, false, new byte[256])));
    }

    [Fact]
    public void Answer_becomes_a_list()
    {
        var (bytes, head) = Heads.Answer("HTTP/1.1 200 OK\r\nServer: X\r\nConnection: close\r\nSet-Cookie: A=B\r\nTransfer-Encoding: chunked\r\n\r\n");

        Assert.Equal(":status=200|server=X|set-cookie=A=B", Text(new Http2FieldList(bytes, head, new byte[256])));
    }

    [Fact]
    public void Switch_of_protocols_has_no_list()
    {
        var (bytes, head) = Heads.Answer("HTTP/1.1 101 x\r\n\r\n");

        Assert.Throws<ArgumentException>(() => Text(new Http2FieldList(bytes, head, new byte[256])));
    }

    private static Http2Fault Add(Http2RequestHead request, string list)
    {
        foreach (var field in list.Split('|'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var fault = request.Add(Encoding.Latin1.GetBytes(field[..equals]), Encoding.Latin1.GetBytes(field[(equals + 1)..]));
            if (fault != Http2Fault.None)
            {
                return fault;
            }
        }

        return Http2Fault.None;
    }

    private static string Text(Http2FieldList list)
    {
        var fields = new List<string>();
        while (list.MoveNext())
        {
            fields.Add($"{Encoding.Latin1.GetString(list.Name)}={Encoding.Latin1.GetString(list.Value)}");
        }

        return string.Join('|', fields);
    }
}
