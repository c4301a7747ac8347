using System.Net;

using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

/// <summary>Clients that others wrote.</summary>
[Collection("tls")]
public sealed class TlsInteropTests
{
    [NeedsFact("openssl")]
    public async Task OpenSsl_client_verifies_and_agrees_on_the_protocol()
    {
        using var directory = new TempDirectory();
        using var fixture = await TlsFixture.StartAsync();
        await using var client = Start(fixture, directory, "-alpn", "http/1.1");

        await client.WaitForOutputAsync("Verify return code: 0 (ok)");
        await client.WaitForOutputAsync("ALPN protocol: http/1.1");
        await client.WaitForOutputAsync("New, TLSv1.3");
    }

    [NeedsFact("openssl")]
    public async Task OpenSsl_client_reconnecting_five_times_resumes_each_time()
    {
        using var directory = new TempDirectory();
        using var fixture = await TlsFixture.StartAsync();
        await using var client = Start(fixture, directory, "-tls1_2", "-reconnect");

        await Eventually.True(() => fixture.Context.Counts.Handshakes == 6, "all handshakes");

        Assert.Equal((5, 0), (fixture.Context.Counts.Resumed, fixture.Context.Counts.Failed));
    }

    [NeedsFact("openssl")]
    public async Task OpenSsl_client_that_renegotiates_is_refused()
    {
        using var directory = new TempDirectory();
        using var fixture = await TlsFixture.StartAsync();
        await using var client = Start(fixture, directory, "-tls1_2");
        await Eventually.True(() => fixture.Context.Counts.Handshakes == 1, "the handshake");

        await client.WriteAsync("R\n");

        await client.WaitForExitAsync();
        Assert.Contains("no renegotiation", client.Output, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Context.Counts.Handshakes);
    }

    [NeedsFact("openssl")]
    public async Task OpenSsl_client_that_updates_its_keys_is_served_on()
    {
        using var directory = new TempDirectory();
        using var fixture = await TlsFixture.StartAsync();
        await using var client = Start(fixture, directory);
        await Eventually.True(() => fixture.Context.Counts.Handshakes == 1, "the handshake");

        // 'K' updates both sides' keys.
        await client.WriteAsync("K\n");
        await client.WaitForOutputAsync("KEYUPDATE");
        await client.WriteAsync("hello after\n");

        await Eventually.True(() => fixture.Server.Received == "hello after\n".Length, "the message");
    }

    [NeedsFact("curl")]
    public async Task Curl_gets_an_answer_over_each_version()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["ca.pem"], string.Empty);
        using var fixture = await TlsFixture.StartAsync();
        fixture.Server.Answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();
        await File.WriteAllTextAsync(directory["ca.pem"], fixture.Authority.Pem);
        foreach (var version in new[] { "1.2", "1.3" })
        {
            await using var curl = TestProcess.Start(Needs.Require("curl"),
            [
                "--silent", "--show-error", "--http1.1", "--tlsv" + version, "--tls-max", version, "--noproxy", "*", "--cacert", directory["ca.pem"],
                "--resolve", $"pets.example:{fixture.Server.Endpoint.Port}:{IPAddress.Loopback}", $"https://pets.example:{fixture.Server.Endpoint.Port}/",
            ]);

            Assert.True(await curl.WaitForExitAsync() == 0, curl.Output);
            await curl.WaitForOutputAsync("hello");
        }

        Assert.Equal(["http/1.1", "http/1.1"], fixture.Streams.Select(s => s.Protocol));
    }

    private static TestProcess Start(TlsFixture fixture, TempDirectory directory, params string[] more) =>
        TestProcess.Start(Needs.Require("openssl"), Arguments(fixture, directory, more));

    private static string[] Arguments(TlsFixture fixture, TempDirectory directory, params string[] more)
    {
        File.WriteAllText(directory["ca.pem"], fixture.Authority.Pem);
        return ["s_client", "-connect", fixture.Server.Endpoint.ToString(), "-servername", "pets.example", "-CAfile", directory["ca.pem"], "-verify_return_error", .. more];
    }
}
