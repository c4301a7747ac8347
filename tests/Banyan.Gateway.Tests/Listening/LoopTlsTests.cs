using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>TLS on the event loops: clients' by the table of certificates, and to instances.</summary>
public abstract class LoopTlsTests(GatewayTransport transport) : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData("shop.example", "CN=shop.example")]
    [InlineData("a.pets.example", "CN=*.pets.example")]
    [InlineData("other.test", "CN=fallback.example")]
    public async Task Name_the_client_asks_for_chooses_the_certificate_and_requests_come_as_https(string name, string subject)
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Request.Headers["X-Forwarded-Proto"].ToString()));
        await using var gateway = await ToAsync(upstream.Port);
        await using var tls = await HandshakeAsync(gateway, name);
        Assert.Equal(subject, tls.RemoteCertificate!.Subject);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(("HTTP/1.1 200 OK", "https"), await AskAsync(tls));
        }
    }

    [Fact]
    public async Task Certificates_that_change_are_for_the_connections_that_come()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await ToAsync(upstream.Port);
        await using var standing = await HandshakeAsync(gateway, "shop.example");
        gateway.Certificates.Replace([Declared.Certificate("new", _authority.Issue(["new.example"]), byDefault: true)]);
        await using var coming = await HandshakeAsync(gateway, "shop.example");

        Assert.Equal("CN=new.example", coming.RemoteCertificate!.Subject);
        Assert.Equal(("HTTP/1.1 200 OK", "ok"), await AskAsync(standing));
    }

    [Fact]
    public async Task Client_that_speaks_no_TLS_or_nothing_is_closed()
    {
        await using var gateway = await ToAsync(1, options => options.TlsHandshakeTimeout = TimeSpan.FromMilliseconds(100));
        await using var plain = await gateway.ConnectAsync(gateway.Https.Port);
        await plain.OfferAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.DoesNotContain("HTTP/1.1", await plain.ReadToEndAsync(), StringComparison.Ordinal);

        await using var silent = await gateway.ConnectAsync(gateway.Https.Port);
        Assert.Equal(string.Empty, await silent.ReadToEndAsync());
        await Eventually.True(() => gateway.Loops.Loops.Sum(l => l.Open) == 0, "both to be forgotten");
    }

    [Fact]
    public async Task Instance_whose_certificate_nobody_vouches_for_is_not_asked()
    {
        await using var instance = await ToAsync(1);
        await using var gateway = await RunningGateway.ToAsync([instance.Https.Port], Choose, scheme: "https");
        using var answer = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(FailureReason.UpstreamTlsFailed, (await gateway.NextRecordAsync()).Reason);
    }

    [Theory]
    [InlineData("https", "HTTP/1.1 https")]
    [InlineData("grpcs", "HTTP/2 https")]
    public async Task Instance_is_asked_over_TLS_when_an_authority_of_the_file_vouches_for_it(string scheme, string seen)
    {
        using var files = new TempDirectory();
        await File.WriteAllTextAsync(files["ca.pem"], _authority.Root.ExportCertificatePem());
        var (chain, key) = _authority.Issue(["127.0.0.1"]);
        using var pair = X509Certificate2.CreateFromPem(chain, key);
        using var certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        await using var instance = await WebUpstream.StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Scheme}"), HttpProtocols.Http1AndHttp2, certificate);
        await using var trusting = await StartAsync(files["ca.pem"]);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await trusting.GetAsync();
            Assert.Equal((HttpStatusCode.OK, seen), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        Assert.Equal((1, 2), trusting.Loops.Connections());
        await using var other = await StartAsync(null);
        using var refused = await other.GetAsync();
        Assert.Equal((HttpStatusCode.BadGateway, FailureReason.UpstreamTlsFailed), (refused.StatusCode, (await other.NextRecordAsync()).Reason));

        Task<RunningGateway> StartAsync(string? authorities) => RunningGateway.ToAsync([instance.Port], options => (options.Transport, options.Loops, options.UpstreamCa) = (transport, 1, authorities), scheme: scheme);
    }

    [Fact]
    public async Task File_of_authorities_that_cannot_be_used_stops_the_start_with_the_reason()
    {
        using var files = new TempDirectory();
        await File.WriteAllTextAsync(files["empty.pem"], "nothing");
        foreach (var (name, problem) in new[] { ("empty.pem", "there is no certificate in it"), ("missing.pem", "Could not find file") })
        {
            var error = await Assert.ThrowsAsync<HostStartException>(() => RunningGateway.StartAsync(options => (options.Transport, options.UpstreamCa) = (transport, files[name])));
            Assert.StartsWith($"gateway.upstreamCa: '{files[name]}' cannot be used: {problem}", error.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _authority.Dispose();
    }

    private void Choose(GatewayOptions options)
    {
        options.Transport = transport;
        options.Loops = 2;
    }

    private static async Task<SslStream> HandshakeAsync(RunningGateway gateway, string name)
    {
        var raw = await gateway.ConnectAsync(gateway.Https.Port);
        var tls = new SslStream(new System.Net.Sockets.NetworkStream(raw.Socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = static (_, _, _, _) => true });
        return tls;
    }

    private static async Task<(string Start, string Body)> AskAsync(SslStream tls)
    {
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n"u8.ToArray());
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var buffer = new byte[4096];
        var text = string.Empty;
        while (!text.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await tls.ReadAsync(buffer, deadline.Token);
            Assert.NotEqual(0, count);
            text += System.Text.Encoding.ASCII.GetString(buffer, 0, count);
        }

        var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split("\r\n");
        return (text[..text.IndexOf('\r', StringComparison.Ordinal)], body[1]);
    }

    private async Task<RunningGateway> ToAsync(int port, Action<GatewayOptions>? change = null)
    {
        var gateway = await RunningGateway.ToAsync([port], options =>
        {
            Choose(options);
            options.Https = new Hosting.ListenAddress("127.0.0.1", 0);
            options.HttpsHttp2 = false;
            change?.Invoke(options);
        });
        gateway.Certificates.Replace(
        [
            Declared.Certificate("shop", _authority.Issue(["shop.example"])),
            Declared.Certificate("pets", _authority.Issue(["*.pets.example"])),
            Declared.Certificate("fallback", _authority.Issue(["fallback.example"]), byDefault: true),
        ]);
        return gateway;
    }

    public sealed class OnLoops() : LoopTlsTests(GatewayTransport.Loops);

    public sealed class OnFramework() : LoopTlsTests(GatewayTransport.Framework);
}
