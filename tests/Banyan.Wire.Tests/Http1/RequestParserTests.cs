using System.Text;
using Banyan.Testing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Tests.Http1;

public sealed class RequestParserTests
{
    private readonly RequestHead _head = new();

    [Fact]
    public void Parse_ordinary_request_gives_offsets_of_every_part()
    {
        var bytes = "\r\nGET /pets/7?a=1 HTTP/1.1\r\nHost: shop.example:8080\r\nX-A:  b c \t\r\nAccept:\r\n\r\nrest"u8;

        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, _head, HeadLimits.Default));

        Assert.Equal(KnownMethod.Get, _head.Method);
        Assert.Equal("GET", Text(bytes, _head.MethodText));
        Assert.Equal("/pets/7?a=1", Text(bytes, _head.Target));
        Assert.Equal("/pets/7", Text(bytes, _head.Path));
        Assert.Equal("a=1", Text(bytes, _head.Query));
        Assert.True(_head.HasQuery);
        Assert.Equal("shop.example:8080", Text(bytes, _head.Authority));
        Assert.Equal("shop.example", Text(bytes, _head.Host));
        Assert.Equal(8080, _head.Port);
        Assert.Equal(HttpRelease.Http11, _head.Version);
        Assert.Equal(BodyFraming.None, _head.Framing);
        Assert.Equal(-1, _head.ContentLength);
        Assert.True(_head.KeepAlive);
        Assert.Equal("rest", Encoding.ASCII.GetString(bytes[_head.Length..]));
        Assert.Equal(3, _head.Fields.Count);
        Assert.Equal(FieldId.Host, _head.Fields[0].Id);
        Assert.Equal("b c", Text(bytes, _head.Fields[1].Value));
        Assert.Equal("", Text(bytes, _head.Fields[2].Value));
    }

    [Fact]
    public void Parse_of_a_second_request_with_the_same_head_keeps_nothing_of_the_first()
    {
        Parse("POST http://a.example/x?y HTTP/1.0\r\nConnection: keep-alive, x-b\r\nX-B: 1\r\nContent-Length: 3\r\n\r\n");
        var bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8;

        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, _head, HeadLimits.Default));

        Assert.Equal((KnownMethod.Get, TargetForm.Origin, BodyFraming.None, -1L, false, 1), (_head.Method, _head.TargetForm, _head.Framing, _head.ContentLength, _head.HasQuery, _head.Fields.Count));
        Assert.False(_head.Fields.Has(FieldId.Connection));
    }

    [Fact]
    public void Parse_continued_reads_no_whole_line_twice()
    {
        var bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"u8.ToArray();
        Assert.Equal(ParseStatus.Incomplete, RequestParser.Parse(bytes.AsSpan(0, 28), _head, HeadLimits.Default));

        // What was read may be overwritten: only the line that is not whole is looked at again.
        bytes.AsSpan(0, 14).Fill((byte)'\n');

        Assert.Equal(1, _head.Fields.Count);
        Assert.Equal(25, _head.Position);
    }

    [Theory]
    [InlineData("X-B, close", "X-B", true)]
    [InlineData("x-b", "X-B", true)]
    [InlineData("Host, Cookie, X-Forwarded-For", "Cookie", false)]
    [InlineData("authorization", "Authorization", false)]
    [InlineData("if-none-match", "If-None-Match", true)]
    [InlineData("keep-alive", "X-B", false)]
    [InlineData("close", "Close", true)]
    [InlineData("keep-alive", "Keep-Alive", true)]
    public void Connection_ends_what_it_names_but_nothing_a_service_decides_on(string connection, string name, bool hop)
    {
        var text = $"GET / HTTP/1.1\r\nHost: a\r\n{name}: 1\r\nConnection: {connection}\r\n\r\n";

        Assert.Equal(WireFault.None, Parse(text));

        Assert.Equal(hop, _head.Fields[1].IsHop);
        Assert.True(_head.Fields[2].IsHop);
    }

    [Theory]
    [InlineData("Proxy-Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("TE")]
    [InlineData("Upgrade")]
    [InlineData("Proxy-Authorization")]
    [InlineData("HTTP2-Settings")]
    public void Fields_of_the_connection_end_here_unnamed(string name)
    {
        Assert.Equal(WireFault.None, Parse($"GET / HTTP/1.1\r\nHost: a\r\n{name}: x\r\n\r\n"));

        Assert.True(_head.Fields[1].IsHop);
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    public void KeepAlive_follows_version_and_connection(string version, string fields, bool keepAlive)
    {
        Assert.Equal(WireFault.None, Parse($"GET / {version}\r\nHost: a\r\n{fields}\r\n"));

        Assert.Equal(keepAlive, _head.KeepAlive);
    }

    [Theory]
    [InlineData("GET", "Connection: upgrade\r\nUpgrade: websocket\r\n", "websocket")]
    [InlineData("GET", "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nContent-Length: 0\r\n", "WebSocket")]
    [InlineData("GET", "Upgrade: websocket\r\n", "")]
    [InlineData("GET", "Connection: upgrade\r\n", "")]
    [InlineData("GET", "Connection: upgrade\r\nUpgrade: websocket, h2c\r\n", "")]
    [InlineData("GET", "Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n", "")]
    [InlineData("POST", "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", "")]
    [InlineData("POST", "Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n", "")]
    public void Upgrade_counts_only_when_asked_for_plainly(string method, string fields, string upgrade)
    {
        var text = $"{method} / HTTP/1.1\r\nHost: a\r\n{fields}\r\n";

        Assert.Equal(WireFault.None, Parse(text));

        Assert.Equal(upgrade, Text(Encoding.Latin1.GetBytes(text), _head.Upgrade));
    }

    [Theory]
    [InlineData("HTTP/1.1", "Expect: 100-Continue\r\nContent-Length: 1\r\n", true)]
    [InlineData("HTTP/1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", true)]
    [InlineData("HTTP/1.1", "Expect: 100-continue\r\n", false)]
    [InlineData("HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n", false)]
    [InlineData("HTTP/1.0", "Expect: miracles\r\nContent-Length: 1\r\n", false)]
    public void ExpectContinue_needs_a_body_and_http11(string version, string fields, bool expects)
    {
        Assert.Equal(WireFault.None, Parse($"POST / {version}\r\nHost: a\r\n{fields}\r\n"));

        Assert.Equal(expects, _head.ExpectContinue);
    }

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("gzip;q=0.5, Trailers", true)]
    [InlineData("trailers;q=1", true)]
    [InlineData("gzip", false)]
    public void AcceptsTrailers_reads_TE(string te, bool accepts)
    {
        Assert.Equal(WireFault.None, Parse($"GET / HTTP/1.1\r\nHost: a\r\nTE: {te}\r\n\r\n"));

        Assert.Equal(accepts, _head.AcceptsTrailers);
    }

    [Fact]
    public void Parse_counts_lines_bytes_and_fields_exactly()
    {
        var limits = new HeadLimits { MaxStartLineBytes = 20, MaxHeadBytes = 40, MaxFields = 2 };
        Assert.Equal(WireFault.None, Parse("GET /23456 HTTP/1.1\r\n".Replace("6", "", StringComparison.Ordinal) + "Host: a\r\nX:12\r\n\r\n", limits));
        Assert.Equal(WireFault.RequestLineTooLong, Parse("GET /23456 HTTP/1.1\r\nHost: a\r\n\r\n", limits));
        Assert.Equal(WireFault.HeadTooLarge, Parse("GET / HTTP/1.1\r\nHost: a\r\nX: 34567890123\r\n\r\n", limits));
        Assert.Equal(WireFault.FieldsTooMany, Parse("GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY:\r\n\r\n", limits));
    }

    [Fact]
    public void Parse_allocates_nothing_once_warm()
    {
        var bytes = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x-b\r\nX-B: 1\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                RequestParser.Parse(bytes, _head, HeadLimits.Default);
            }
        }));
    }

    private static string Text(ReadOnlySpan<byte> bytes, Slice slice) => Encoding.Latin1.GetString(slice.Of(bytes));

    private WireFault Parse(string text, HeadLimits? limits = null)
    {
        var status = RequestParser.Parse(Encoding.Latin1.GetBytes(text), _head, limits ?? HeadLimits.Default);
        Assert.Equal(_head.Fault == WireFault.None ? ParseStatus.Complete : ParseStatus.Refused, status);
        return _head.Fault;
    }
}
