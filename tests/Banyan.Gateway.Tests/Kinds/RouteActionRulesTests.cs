using System.Text.Json;
using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Tests.Kinds;

/// <summary>Faults of everything in a route beside hosts and prefix, written as users write it.</summary>
public sealed class RouteActionRulesTests
{
    [Theory]
    [InlineData("""{"pathExact":"/a/","service":{"name":"s"}}""")]
    [InlineData("""{"path":"/","pathTemplate":"/users/{id}/{*rest}","rewrite":{"path":"/v2/{id}/{*rest}","host":"inner.example:8443"},"service":{"name":"s"}}""")]
    [InlineData("""{"pathRegex":"/p/[0-9]+","methods":["GET","PROPFIND"],"headers":[{"name":"X-A"},{"name":"x-a","regex":"[0-9]+"}],"query":[{"name":"ä b","exact":""}],"service":{"name":"s"}}""")]
    [InlineData("""{"path":"/a","split":{"key":"cookie:sid","parts":[{"service":{"name":"a"},"share":"0.25%"},{"service":{"name":"b"},"share":"99.75%"}]},"mirror":{"service":{"name":"c"},"share":"10%","maxInFlight":8}}""")]
    [InlineData("""{"split":{"key":"cookie:s","setCookie":true,"cookieMaxAge":"1h","parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""")]
    [InlineData("""{"path":"/a","redirect":{"status":308,"scheme":"https","host":"b.example","port":8443,"prefix":"/b"}}""")]
    [InlineData("""{"respond":{"status":503,"body":"back soon","contentType":"text/plain"},"responseHeaders":{"set":{"Retry-After":"60"},"add":{"Link":"</a>"},"remove":["Server"]}}""")]
    [InlineData("""{"service":{"name":"s"},"timeouts":{"connect":"1s","responseHeader":"2s","idle":"3s","total":"4s"},"retry":{"attempts":5,"on":["connect-failure"]},"hashOn":"header:X-Shop"}""")]
    public void Check_accepts_every_form(string spec) => Assert.Empty(RouteRules.Check(Read(spec)));

    [Theory]
    [InlineData("""{"path":"/a","pathExact":"/b","service":{"name":"s"}}""", "/spec/pathExact", "duplicate", "There is 'path' already")]
    [InlineData("""{"pathTemplate":"/a/{x}b","service":{"name":"s"}}""", "/spec/pathTemplate", "bad-path", "a whole segment")]
    [InlineData("""{"pathTemplate":"/a/{x}/{x}","service":{"name":"s"}}""", "/spec/pathTemplate", "bad-path", "twice")]
    [InlineData("""{"pathTemplate":"/{*x}/a","service":{"name":"s"}}""", "/spec/pathTemplate", "bad-path", "at the end")]
    [InlineData("""{"pathTemplate":"a/{x}","service":{"name":"s"}}""", "/spec/pathTemplate", "bad-path", "does not begin with '/'")]
    [InlineData("""{"pathTemplate":"/{x}/../a","service":{"name":"s"}}""", "/spec/pathTemplate", "bad-path", "dot segment")]
    [InlineData("""{"path":"/a/{x}","service":{"name":"s"}}""", "/spec/path", "bad-path", "pathTemplate")]
    [InlineData("""{"pathRegex":"(a)\\1","service":{"name":"s"}}""", "/spec/pathRegex", "bad-path", "backtracking")]
    [InlineData("""{"methods":["get"],"service":{"name":"s"}}""", "/spec/methods/0", "bad-method", "write GET")]
    [InlineData("""{"methods":["GET","GET"],"service":{"name":"s"}}""", "/spec/methods/1", "duplicate", "twice")]
    [InlineData("""{"methods":["TRACE"],"service":{"name":"s"}}""", "/spec/methods/0", "bad-method", "refuses TRACE")]
    [InlineData("""{"headers":[{"name":"a b"}],"service":{"name":"s"}}""", "/spec/headers/0/name", "bad-name", "field name")]
    [InlineData("""{"headers":[{"name":"a","exact":"1","prefix":"2"}],"service":{"name":"s"}}""", "/spec/headers/0/prefix", "duplicate", "Keep one")]
    [InlineData("""{"query":[{"name":"a","regex":"("}],"service":{"name":"s"}}""", "/spec/query/0/regex", "bad-regex", "not a regular expression")]
    [InlineData("""{"path":"/a"}""", "/spec/service", "required", "'split'")]
    [InlineData("""{"service":{"name":"s"},"respond":{"status":200}}""", "/spec/respond", "duplicate", "There is 'service' already")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"}}]}}""", "/spec/split/parts", "out-of-range", "2 to 8")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"}},{"service":{"name":"b"}}]}}""", "/spec/split/parts/0/share", "required", "takes the rest")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"},"share":"5"},{"service":{"name":"b"}}]}}""", "/spec/split/parts/0/share", "bad-share", "5%")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"},"share":"0.125%"},{"service":{"name":"b"}}]}}""", "/spec/split/parts/0/share", "bad-share", "two decimals")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"},"share":"60%"},{"service":{"name":"b"},"share":"50%"}]}}""", "/spec/split/parts", "out-of-range", "110%")]
    [InlineData("""{"split":{"parts":[{"service":{"name":"a"},"share":"60%"},{"service":{"name":"b"},"share":"30%"}]}}""", "/spec/split/parts", "out-of-range", "90%")]
    [InlineData("""{"split":{"key":"ip","parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""", "/spec/split/key", "bad-key", "cookie:NAME")]
    [InlineData("""{"split":{"key":"user","setCookie":true,"parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""", "/spec/split/setCookie", "out-of-range", "cookie:NAME")]
    [InlineData("""{"split":{"setCookie":true,"parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""", "/spec/split/setCookie", "out-of-range", "cookie:NAME")]
    [InlineData("""{"split":{"key":"cookie:s","cookieMaxAge":"1h","parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""", "/spec/split/cookieMaxAge", "out-of-range", "setCookie")]
    [InlineData("""{"split":{"key":"cookie:s","setCookie":true,"cookieMaxAge":"1s","parts":[{"service":{"name":"a"},"share":"5%"},{"service":{"name":"b"}}]}}""", "/spec/split/cookieMaxAge", "bad-duration", "720h")]
    [InlineData("""{"redirect":{"status":200,"scheme":"https"}}""", "/spec/redirect/status", "out-of-range", "308")]
    [InlineData("""{"redirect":{"status":301}}""", "/spec/redirect", "required", "again and again")]
    [InlineData("""{"redirect":{"host":"*.example"}}""", "/spec/redirect/host", "bad-host", "'*'")]
    [InlineData("""{"pathExact":"/a","redirect":{"prefix":"/b"}}""", "/spec/redirect/prefix", "out-of-range", "Use 'path' here")]
    [InlineData("""{"redirect":{"path":"/b/{x}"}}""", "/spec/redirect/path", "bad-path", "pathTemplate")]
    [InlineData("""{"respond":{"status":100}}""", "/spec/respond/status", "out-of-range", "200 to 599")]
    [InlineData("""{"respond":{"status":204,"body":"x"}}""", "/spec/respond/body", "out-of-range", "has no body")]
    [InlineData("""{"respond":{"status":200,"contentType":"a\r\nb"}}""", "/spec/respond/contentType", "bad-value", "media type")]
    [InlineData("""{"respond":{"status":200},"mirror":{"service":{"name":"m"}}}""", "/spec/mirror", "out-of-range", "Only requests that go to a service")]
    [InlineData("""{"service":{"name":"s"},"mirror":{"service":{"name":"m"},"maxInFlight":0}}""", "/spec/mirror/maxInFlight", "out-of-range", "1 and 10000")]
    [InlineData("""{"service":{"name":"s"},"stripPrefix":true,"rewrite":{"prefix":"/b"}}""", "/spec/stripPrefix", "duplicate", "Keep one")]
    [InlineData("""{"pathTemplate":"/{a}","service":{"name":"s"},"rewrite":{"path":"/{b}"}}""", "/spec/rewrite/path", "bad-path", "It has {a}")]
    [InlineData("""{"service":{"name":"s"},"rewrite":{"host":"a.example:0"}}""", "/spec/rewrite/host", "bad-host", "1 to 65535")]
    [InlineData("""{"service":{"name":"s"},"requestHeaders":{"set":{"Content-Length":"5"}}}""", "/spec/requestHeaders/set/Content-Length", "reserved", "frames the message")]
    [InlineData("""{"service":{"name":"s"},"requestHeaders":{"remove":["x-forwarded-for"]}}""", "/spec/requestHeaders/remove/0", "reserved", "the gateway's own")]
    [InlineData("""{"service":{"name":"s"},"requestHeaders":{"set":{"host":"a"}}}""", "/spec/requestHeaders/set/host", "reserved", "rewrite.host")]
    [InlineData("""{"service":{"name":"s"},"responseHeaders":{"add":{"X-A":"a\nb"}}}""", "/spec/responseHeaders/add/X-A", "bad-value", "printable ASCII")]
    [InlineData("""{"service":{"name":"s"},"responseHeaders":{"add":{"a/b~c":"x"}}}""", "/spec/responseHeaders/add/a~1b~0c", "bad-name", "field name")]
    [InlineData("""{"service":{"name":"s"},"timeout":"1s","timeouts":{"responseHeader":"2s"}}""", "/spec/timeout", "duplicate", "timeouts.responseHeader")]
    [InlineData("""{"service":{"name":"s"},"timeouts":{"total":"soon"}}""", "/spec/timeouts/total", "bad-duration", "30s")]
    [InlineData("""{"service":{"name":"s"},"retry":{"attempts":6}}""", "/spec/retry/attempts", "out-of-range", "1 (never again) to 5")]
    [InlineData("""{"service":{"name":"s"},"hashOn":"nothing"}""", "/spec/hashOn", "bad-key", "address")]
    [InlineData("""{"service":{"name":"s"},"retry":{"on":["500"]}}""", "/spec/retry/on/0", "bad-value", "connect-failure")]
    public void Check_refuses_with_place_word_and_what_to_do(string spec, string pointer, string code, string says)
    {
        var fault = Assert.Single(RouteRules.Check(Read(spec)));

        Assert.Equal((pointer, code), (fault.Pointer, fault.Code));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_refuses_more_than_a_route_takes()
    {
        var service = new RouteService { Name = "s" };
        Fault("/spec/methods", new RouteSpec { Service = service, Methods = [.. Enumerable.Range(0, 17).Select(i => $"M{i}")] });
        Fault("/spec/headers", new RouteSpec { Service = service, Headers = [.. Enumerable.Range(0, 17).Select(i => new RouteCondition { Name = $"x{i}" })] });
        Fault("/spec/query/0/exact", new RouteSpec { Service = service, Query = [new RouteCondition { Name = "q", Exact = new string('x', 1025) }] });
        Fault("/spec/respond/body", new RouteSpec { Respond = new RouteAnswer { Status = 200, Body = new string('ä', 2049) } });
        Fault("/spec/requestHeaders", new RouteSpec { Service = service, RequestHeaders = new RouteFieldChanges { Remove = [.. Enumerable.Range(0, 33).Select(i => $"x{i}")] } });
        Fault("/spec/pathTemplate", new RouteSpec { Service = service, PathTemplate = string.Concat(Enumerable.Range(0, 65).Select(_ => "/a")) });

        static void Fault(string pointer, RouteSpec spec) => Assert.Equal(pointer, Assert.Single(RouteRules.Check(spec)).Pointer);
    }

    [Theory]
    [InlineData("0%", 0)]
    [InlineData("5%", 500)]
    [InlineData("0.25%", 25)]
    [InlineData("99.99%", 9999)]
    [InlineData("100%", 10_000)]
    public void TryParseShare_reads_percent_to_two_decimals(string text, int basisPoints)
    {
        Assert.True(RouteRules.TryParseShare(text, out var read));
        Assert.Equal(basisPoints, read);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("%")]
    [InlineData("-1%")]
    [InlineData("101%")]
    [InlineData("0.001%")]
    [InlineData("1e1%")]
    [InlineData(" 5%")]
    [InlineData("5 %")]
    public void TryParseShare_refuses_everything_else(string text) => Assert.False(RouteRules.TryParseShare(text, out _));

    private static RouteSpec Read(string spec) => JsonSerializer.Deserialize(spec, RouteJson.Default.RouteSpec)!;
}
