using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Certificates;

/// <summary>TLS of clients, end to end.</summary>
public abstract class HttpsTests(GatewayTransport transport) : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TempDirectory _files = new();

    [Theory]
    [InlineData("shop.example", "CN=shop.example")]
    [InlineData("SHOP.example", "CN=shop.example")]
    [InlineData("a.pets.example", "CN=*.pets.example")]
    [InlineData("other.test", "CN=fallback.example")]
    [InlineData("", "CN=fallback.example")]
    public async Task Name_the_client_asks_for_chooses_the_certificate(string name, string subject)
    {
        await using var gateway = await StartAsync();
        gateway.Certificates.Replace(
        [
            Declared.Certificate("shop", _authority.Issue(["shop.example"])),
            Declared.Certificate("pets", _authority.Issue(["*.pets.example"])),
            Declared.Certificate("fallback", _authority.Issue(["fallback.example"]), byDefault: true),
        ]);

        await using var tls = await HandshakeAsync(gateway, name);

        Assert.Equal(subject, tls.RemoteCertificate!.Subject);
        Assert.Equal(subject.EndsWith("fallback.example", StringComparison.Ordinal) ? 1 : 0, gateway.Certificates.UnknownNames);
    }

    [Fact]
    public async Task Requests_over_both_protocols_reach_the_service_as_https()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Request.Headers["X-Forwarded-Proto"].ToString()));
        await using var gateway = await StartAsync(upstream);
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]))]);
        using var client = Client();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var answer = await client.SendAsync(Request(gateway, version), default);
            Assert.Equal(version, answer.Version);
            Assert.Equal("https", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("h2,http/1.1", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    public async Task Protocol_is_agreed_by_alpn(string offered, string agreed)
    {
        await using var gateway = await StartAsync();
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]))]);

        await using var tls = await HandshakeAsync(gateway, "shop.example", o => o.ApplicationProtocols = [.. offered.Split(',').Select(p => new SslApplicationProtocol(p))]);

        Assert.Equal(agreed, tls.NegotiatedApplicationProtocol.ToString());
    }

    [Fact]
    public async Task Certificates_that_change_under_load_fail_no_request_and_cut_no_connection()
    {
        const int Changes = 40;
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Connection.Id));
        await using var gateway = await StartAsync(upstream);
        var pems = new[] { _authority.Issue(["shop.example"]), _authority.Issue(["shop.example"]) };
        gateway.Certificates.Replace([Declared.Certificate("shop", pems[0])]);
        using var standing = await OpenHttp11Async(gateway);
        using var stop = new CancellationTokenSource();
        var seen = new HashSet<string>();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var requests = 0;
            while (!stop.IsCancellationRequested || requests == 0)
            {
                // A client of its own each time: each request is a handshake.
                using var client = Client((_, certificate, _, _) =>
                {
                    lock (seen)
                    {
                        seen.Add(certificate!.GetCertHashString());
                    }

                    return true;
                });
                using var answer = await client.SendAsync(Request(gateway, HttpVersion.Version11), default);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                requests++;
            }

            return requests;
        })).ToArray();

        for (var i = 1; i <= Changes; i++)
        {
            gateway.Certificates.Replace([Declared.Certificate("shop", pems[i % 2])]);
            Assert.StartsWith("HTTP/1.1 200", await GetAsync(standing), StringComparison.Ordinal);
        }

        // What no client has met yet stays until one does.
        using var first = X509Certificate2.CreateFromPem(pems[0].Certificate);
        await Eventually.True(
            () =>
            {
                lock (seen)
                {
                    gateway.Certificates.Replace([Declared.Certificate("shop", pems[seen.Contains(first.GetCertHashString()) ? 1 : 0])]);
                    return seen.Count == 2;
                }
            },
            "clients to have met both certificates");
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), requests => Assert.True(requests > 0));
    }

    [Theory]
    [InlineData(ClientCertificates.Optional, "none", true)]
    [InlineData(ClientCertificates.Optional, "ours", true)]
    [InlineData(ClientCertificates.Optional, "strange", false)]
    [InlineData(ClientCertificates.Required, "none", false)]
    [InlineData(ClientCertificates.Required, "ours", true)]
    [InlineData(ClientCertificates.Required, "strange", false)]
    [InlineData(ClientCertificates.Required, "server", false)]
    public async Task Clients_come_in_by_their_certificate(ClientCertificates mode, string shown, bool served)
    {
        using var strangers = new TestAuthority();
        File.WriteAllText(_files["ca.pem"], _authority.Root.ExportCertificatePem());
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("in"));
        await using var gateway = await StartAsync(upstream, o => (o.HttpsClientCertificates, o.ClientCa) = (mode, _files["ca.pem"]));
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]))]);
        var (serverPem, serverKey) = _authority.Issue(["server.example"]);
        using var certificate = shown switch
        {
            "ours" => _authority.IssueClient("client"),
            "strange" => strangers.IssueClient("client"),
            "server" => X509Certificate2.CreateFromPem(serverPem, serverKey),
            _ => null,
        };
        using var client = Client(own: certificate);

        if (served)
        {
            using var answer = await client.SendAsync(Request(gateway, HttpVersion.Version11), default);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Request(gateway, HttpVersion.Version11), default));
        }
    }

    // 03 02 is TLS 1.1, 03 03 is 1.2 (RFC 5246 appendix A.1); a record that begins with 22 is a handshake, with 21 an alert; 70 is protocol_version.
    [Theory]
    [InlineData("1.2", 0x01, true)]
    [InlineData("1.2", 0x02, true)]
    [InlineData("1.2", 0x03, false)]
    [InlineData("1.3", 0x03, true)]
    public async Task Older_versions_than_the_least_get_the_alert(string least, byte minor, bool refused)
    {
        await using var gateway = await StartAsync(change: o => o.TlsMinimum = least);
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]), byDefault: true)]);
        using var socket = await ConnectAsync(gateway);
        await socket.SendAsync(Hello(minor));

        var answer = new byte[7];
        var count = 0;
        for (int read; count < answer.Length && (read = await socket.ReceiveAsync(answer.AsMemory(count))) > 0; count += read)
        {
        }

        Assert.Equal(refused ? 21 : 22, answer[0]);
        if (refused)
        {
            Assert.Equal(70, answer[6]);
        }
    }

    [Theory]
    [InlineData("unknown.example")]
    [InlineData("")]
    public async Task Name_without_a_certificate_gets_the_alert_when_told_to_refuse(string name)
    {
        await using var gateway = await StartAsync(change: o => o.TlsUnknownName = UnknownTlsName.Refuse);
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]), byDefault: true)]);
        using var socket = await ConnectAsync(gateway);
        var wire = new RecordingStream(new NetworkStream(socket));
        await using var tls = new SslStream(wire);

        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(Trusting(name)));

        // Alert, fatal, unrecognized_name.
        Assert.Equal([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70], wire.Received.ToArray());
        Assert.Equal(1, gateway.Certificates.UnknownNames);
    }

    [Fact]
    public async Task Handshake_that_stands_still_and_plain_text_are_ended()
    {
        await using var gateway = await StartAsync(change: o => o.TlsHandshakeTimeout = TimeSpan.FromMilliseconds(200));
        gateway.Certificates.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]), byDefault: true)]);
        using var silent = await ConnectAsync(gateway);
        using var plain = await ConnectAsync(gateway);
        await silent.SendAsync(Hello(0x03).AsMemory(0, 20));
        await plain.SendAsync("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8.ToArray());

        Assert.DoesNotContain("HTTP/", await new RawConnection(plain).ReadToEndAsync(), StringComparison.Ordinal);
        await new RawConnection(silent).ReadToEndAsync();
    }

    [NeedsFact("curl")]
    public async Task Curl_that_checks_the_chain_speaks_http2()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("served"));
        await using var gateway = await StartAsync(upstream);
        var (certificate, key) = _authority.Issue(["shop.example"]);
        gateway.Certificates.Replace([Declared.Certificate("shop", (certificate + "\n" + _authority.Root.ExportCertificatePem(), key))]);
        File.WriteAllText(_files["ca.pem"], _authority.Root.ExportCertificatePem());
        await using var curl = TestProcess.Start(
            Needs.Require("curl"),
            ["-sS", "--cacert", _files["ca.pem"], "--resolve", $"shop.example:{gateway.Https.Port}:127.0.0.1", "-w", " %{http_version} %{ssl_verify_result}", $"https://shop.example:{gateway.Https.Port}/"]);
        Assert.Equal(0, await curl.WaitForExitAsync());
        Assert.Contains("served 2 0", curl.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _authority.Dispose();
        _files.Dispose();
    }

    private async Task<RunningGateway> StartAsync(WebUpstream? upstream = null, Action<GatewayOptions>? change = null) =>
        await RunningGateway.ToAsync(upstream is null ? [] : [upstream.Port], options =>
        {
            options.Transport = transport;
            options.Https = new ListenAddress("127.0.0.1", 0);
            change?.Invoke(options);
        });

    private static HttpMessageInvoker Client(RemoteCertificateValidationCallback? check = null, X509Certificate2? own = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = check ?? ((_, _, _, _) => true),
            ClientCertificates = own is null ? null : [own],
            TargetHost = "shop.example",
        },
    });

    private static HttpRequestMessage Request(RunningGateway gateway, Version version) => new(HttpMethod.Get, gateway.Https)
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Headers = { Host = "shop.example" },
    };

    private static SslClientAuthenticationOptions Trusting(string name) => new() { TargetHost = name, RemoteCertificateValidationCallback = (_, _, _, _) => true };

    private static async Task<Socket> ConnectAsync(RunningGateway gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Https.Port);
        return socket;
    }

    private static async Task<SslStream> HandshakeAsync(RunningGateway gateway, string name, Action<SslClientAuthenticationOptions>? change = null)
    {
        var options = Trusting(name);
        change?.Invoke(options);
        var tls = new SslStream(new NetworkStream(await ConnectAsync(gateway), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(options);
        return tls;
    }

    private static Task<SslStream> OpenHttp11Async(RunningGateway gateway) =>
        HandshakeAsync(gateway, "shop.example", o => o.ApplicationProtocols = [SslApplicationProtocol.Http11]);

    private static async Task<string> GetAsync(SslStream tls)
    {
        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        var text = string.Empty;
        while (!text.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await tls.ReadAsync(buffer);
            Assert.True(count > 0, "the standing connection was ended");
            text += System.Text.Encoding.Latin1.GetString(buffer, 0, count);
        }

        return text;
    }

    /// <summary>A client's first message without the extension that offers TLS 1.3: the version in it is the newest it speaks (RFC 5246 section 7.4.1.2).</summary>
    private static byte[] Hello(byte minor)
    {
        byte[] extensions =
        [
            0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, // supported_groups: secp256r1
            0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, // ec_point_formats: uncompressed
            0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x08, 0x04, // signature_algorithms: ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256
        ];

        // ECDHE-ECDSA with AES-128-GCM (TLS 1.2 only), AES-128-SHA and AES-256-SHA.
        byte[] body = [0x03, minor, .. new byte[32], 0x00, 0x00, 0x06, 0xc0, 0x2b, 0xc0, 0x09, 0xc0, 0x0a, 0x01, 0x00, 0x00, (byte)extensions.Length, .. extensions];
        byte[] message = [0x01, 0x00, 0x00, (byte)body.Length, .. body];
        return [0x16, 0x03, 0x01, 0x00, (byte)message.Length, .. message];
    }

    public sealed class OnLoops() : HttpsTests(GatewayTransport.Loops);

    public sealed class OnFramework() : HttpsTests(GatewayTransport.Framework);
}
