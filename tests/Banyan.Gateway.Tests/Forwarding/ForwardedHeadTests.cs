using System.Net;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>What the service sees of a request's head, and the client of an answer's, byte by byte.</summary>
public abstract class ForwardedHeadTests(GatewayTransport transport) : TransportTests(transport)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("/a/b?x=1&y=%2F", "/a/b?x=1&y=%2F")]
    [InlineData("/caf%c3%A9//x/?", "/caf%c3%A9//x/?")]
    [InlineData("/p%65ts", "/p%65ts")]
    [InlineData("/?a=/../b", "/?a=/../b")]
    [InlineData("http://app.test/a?b", "/a?b")]
    [InlineData("http://app.test?b", "/?b")]
    [InlineData("http://app.test", "/")]
    public async Task Target_is_passed_as_the_client_wrote_it(string target, string seen)
    {
        var head = await SeenAsync($"GET {target} HTTP/1.1\r\nHost: app.test\r\n\r\n");

        Assert.StartsWith($"GET {seen} HTTP/1.1\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_is_kept_and_forwarded_fields_tell_who_asked()
    {
        var head = await SeenAsync("GET / HTTP/1.1\r\nHost: App.Test:81\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6\r\n\r\n");

        Assert.Contains("\r\nHost: App.Test:81\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Host: App.Test:81\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nVia: 1.1 banyan-", head, StringComparison.Ordinal);
        Assert.DoesNotContain("6.6.6.6", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarded_fields_of_a_trusted_proxy_are_continued()
    {
        var head = await SeenAsync(
            "GET / HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\nVia: 1.1 edge\r\n\r\n",
            options => options.TrustedProxies = ["127.0.0.0/8"]);

        Assert.Contains("\r\nX-Forwarded-For: 6.6.6.6, 127.0.0.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: https\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Host: shop.test\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nVia: 1.1 edge, 1.1 banyan-", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_this_hop_and_nominated_ones_end_here_and_protected_ones_do_not()
    {
        var head = await SeenAsync(
            "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: X-Private, Authorization, X-Forwarded-For, Cookie\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"
            + "X-Private: 1\r\nAuthorization: Bearer x\r\nCookie: a=1\r\nTE: gzip\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nProxy-Authorization: Basic x\r\nX-Public: caf\u00e9\r\n\r\n");

        foreach (var gone in new[] { "X-Private", "Keep-Alive", "Proxy-Connection", "TE:", "Upgrade", "HTTP2-Settings", "Proxy-Authorization", "Connection" })
        {
            Assert.DoesNotContain($"\r\n{gone}", head, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("\r\nAuthorization: Bearer x\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nCookie: a=1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Public: caf\u00e9\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefix_is_stripped_from_the_raw_target()
    {
        await using var upstream = ScriptedUpstream.Answering(Ok);
        await using var gateway = await StartAsync();
        gateway.Routes.Replace([Entries.Route("app", "/shop/v1", strip: true)]);
        gateway.Instances(Entries.Instance("app", "app-1", upstream.Port));
        using var answer = await gateway.GetAsync("/shop/v1/caf%C3%A9?q=1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("GET /caf%C3%A9?q=1 HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Max_forwards_is_counted_down_and_answered_at_zero()
    {
        Assert.Contains("\r\nMax-Forwards: 4\r\n", await SeenAsync("OPTIONS /a HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: 5\r\n\r\n"), StringComparison.Ordinal);

        await using var upstream = ScriptedUpstream.Answering(Ok);
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("OPTIONS /a HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", "Content-Length: 0\r\n")]
    public async Task Request_without_body_has_no_chunks(string method, string length)
    {
        var head = await SeenAsync($"{method} / HTTP/1.1\r\nHost: app.test\r\n{length}\r\n");

        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(length.Length > 0, head.Contains("Content-Length: 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_loses_the_fields_of_this_hop_and_keeps_each_cookie_line()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nConnection: close, X-Inner\r\nKeep-Alive: timeout=5\r\nX-Inner: 1\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: caf\u00e9\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        var head = await client.ReadHeadAsync();

        Assert.Contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Name: caf\u00e9\r\n", head, StringComparison.Ordinal);
        foreach (var gone in new[] { "Connection:", "Keep-Alive", "X-Inner", "Proxy-Authenticate" })
        {
            Assert.DoesNotContain($"\r\n{gone}", head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Client_connection_is_kept_for_a_next_request()
    {
        await using var upstream = ScriptedUpstream.Answering(Ok);
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadUntilAsync("\r\n\r\nok"), StringComparison.Ordinal);
        }
    }

    private async Task<string> SeenAsync(string request, Action<GatewayOptions>? change = null)
    {
        await using var upstream = ScriptedUpstream.Answering(Ok);
        await using var gateway = await ToAsync([upstream.Port], change);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return Assert.Single(upstream.Heads);
    }

    public sealed class OnLoops() : ForwardedHeadTests(GatewayTransport.Loops);

    public sealed class OnFramework() : ForwardedHeadTests(GatewayTransport.Framework);
}
