using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>Requests that two parsers could read differently: refused with 4xx or 5xx, the connection closed, and never at the service in any form.</summary>
public abstract class MalformedRequestTests(GatewayTransport transport) : TransportTests(transport)
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n";

    public static TheoryData<string, string> Corpus => new()
    {
        { "length and chunks", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Smuggled },
        { "two different lengths", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + Smuggled },
        { "list of lengths", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5, 5\r\n\r\nhello" + Smuggled },
        { "hexadecimal length", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0x5\r\n\r\nhello" + Smuggled },
        { "empty length", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length:\r\n\r\n" + Smuggled },
        { "overflowing length", "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 99999999999999999999\r\n\r\n" + Smuggled },
        { "unknown coding", "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Smuggled },
        { "coding not last", "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + Smuggled },
        { "space before colon", "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Smuggled },
        { "folded field", "GET / HTTP/1.1\r\nHost: app.test\r\nX-A: 1\r\n folded\r\n\r\n" + Smuggled },
        { "space before first field", "GET / HTTP/1.1\r\n Host: app.test\r\n\r\n" + Smuggled },
        { "empty field name", "GET / HTTP/1.1\r\nHost: app.test\r\n: x\r\n\r\n" + Smuggled },
        { "field without colon", "GET / HTTP/1.1\r\nHost: app.test\r\nX-A\r\n\r\n" + Smuggled },
        { "NUL in value", "GET / HTTP/1.1\r\nHost: app.test\r\nX-A: a\0b\r\n\r\n" + Smuggled },
        { "bare CR in value", "GET / HTTP/1.1\r\nHost: app.test\r\nX-A: a\rb\r\n\r\n" + Smuggled },
        { "no host", "GET / HTTP/1.1\r\n\r\n" + Smuggled },
        { "two hosts", "GET / HTTP/1.1\r\nHost: app.test\r\nHost: other.test\r\n\r\n" + Smuggled },
        { "bad host", "GET / HTTP/1.1\r\nHost: app.test/x\r\n\r\n" + Smuggled },
        { "host and target differ", "GET http://other.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "version 9", "GET / HTTP/9.9\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "lower-case version", "GET / http/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "two spaces", "GET  / HTTP/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "tab in request line", "GET\t/ HTTP/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "method with slash", "G/T / HTTP/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "no request line", "\0\u0001\u0002\r\n\r\n" + Smuggled },
        { "huge line", "GET /" + new string('a', 20_000) + " HTTP/1.1\r\nHost: app.test\r\n\r\n" + Smuggled },
        { "huge head", "GET / HTTP/1.1\r\nHost: app.test\r\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"X-{i}: {new string('a', 1000)}\r\n")) + "\r\n" + Smuggled },
        { "many fields", "GET / HTTP/1.1\r\nHost: app.test\r\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: 1\r\n")) + "\r\n" + Smuggled },
    };

    public static TheoryData<string, string> Bodies => new()
    {
        { "chunk size with sign", "+5\r\nhello\r\n0\r\n\r\n" },
        { "chunk size with 0x", "0x5\r\nhello\r\n0\r\n\r\n" },
        { "chunk size not a number", "zz\r\nhello\r\n0\r\n\r\n" },
        { "empty chunk size", "\r\nhello\r\n0\r\n\r\n" },
        { "overflowing chunk size", "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n" },
        { "chunk longer than its size", "3\r\nhello\r\n0\r\n\r\n" },
        { "chunk end without CR", "5\r\nhello\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task Malformed_head_is_refused_and_nothing_of_it_is_forwarded(string what, string request)
    {
        await using var upstream = Counting();
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.OfferAsync(request);
        var answer = await client.ReadToEndAsync();

        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), $"{what}: {answer}");
        Assert.Equal(1, answer.Split("\r\nDate: ").Length - 1);
        Assert.Empty(upstream.Heads);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Malformed_chunks_end_in_400_and_no_second_request(string what, string body)
    {
        await using var upstream = Counting();
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.OfferAsync("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n" + body + Smuggled);
        var answer = await client.ReadToEndAsync();

        Assert.True(answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), $"{what}: {answer}");
        Assert.Equal(1, answer.Split("\r\nDate: ").Length - 1);
        Assert.DoesNotContain(upstream.Heads, head => head.Contains("smuggled", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET /a/../b HTTP/1.1", 400)]
    [InlineData("GET /a/%2e%2e/b HTTP/1.1", 400)]
    [InlineData("GET /a%2fb HTTP/1.1", 400)]
    [InlineData("GET /a%00 HTTP/1.1", 400)]
    [InlineData("GET /a%zz HTTP/1.1", 400)]
    [InlineData("GET /a\\b HTTP/1.1", 400)]
    [InlineData("GET * HTTP/1.1", 405)]
    [InlineData("TRACE / HTTP/1.1", 405)]
    [InlineData("CONNECT app.test:443 HTTP/1.1", 405)]
    [InlineData("GET / HTTP/1.1\r\nExpect: 200-ok", 417)]
    public async Task Refused_request_is_not_forwarded(string start, int status)
    {
        await using var upstream = Counting();
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        var host = start.StartsWith("CONNECT", StringComparison.Ordinal) ? "app.test:443" : "app.test";
        await client.OfferAsync($"{start}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        var answer = await client.ReadToEndAsync();

        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        Assert.Empty(upstream.Heads);
    }

    [Fact]
    public async Task Length_with_a_sign_is_refused()
    {
        await using var upstream = Counting();
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.OfferAsync("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: +4\r\nConnection: close\r\n\r\n\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(upstream.Heads);
    }

    private static ScriptedUpstream Counting() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });

    public sealed class OnLoops() : MalformedRequestTests(GatewayTransport.Loops);

    public sealed class OnFramework() : MalformedRequestTests(GatewayTransport.Framework);
}
