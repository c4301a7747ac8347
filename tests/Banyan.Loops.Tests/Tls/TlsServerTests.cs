using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

/// <summary>Servers on the loop against the framework's client.</summary>
[Collection("tls")]
public sealed class TlsServerTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Theory]
    [InlineData(SslProtocols.Tls12, "TLSv1.2", false)]
    [InlineData(SslProtocols.Tls13, "TLSv1.3", false)]
    [InlineData(SslProtocols.Tls12, "TLSv1.2", true)]
    [InlineData(SslProtocols.Tls13, "TLSv1.3", true)]
    public async Task Echo_of_messages_of_all_sizes_comes_back(SslProtocols protocol, string version, bool rsa)
    {
        using var fixture = await TlsFixture.StartAsync(authority =>
        {
            using var certificate = authority.IssueX509(["pets.example"], rsa: rsa);
            return new TlsServerOptions { Certificates = [TlsCertificate.From(certificate)] };
        });
        await using var client = await fixture.ClientAsync(more: o => o.EnabledSslProtocols = protocol);
        var random = new Random(5);

        foreach (var size in new[] { 1, 5, 16383, 16384, 16385, 40_000, 200_000 })
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            await TlsFixture.EchoAsync(client, bytes);
        }

        var stream = fixture.Streams.Single();
        Assert.Equal((version, "pets.example", false), await fixture.Running.On(() => (stream.Version!, stream.ServerName!, stream.Resumed)));
        Assert.Equal((1, 0, 0), (fixture.Context.Counts.Handshakes, fixture.Context.Counts.Resumed, fixture.Context.Counts.Failed));
    }

    [Fact]
    public async Task Echo_of_a_reader_that_reads_late_keeps_little_and_loses_nothing()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        var bytes = new byte[16 * 1024 * 1024];
        new Random(7).NextBytes(bytes);

        var sending = client.WriteAsync(bytes).AsTask();
        await Eventually.True(() => fixture.Running.Loop.Blocks.Rented >= 2, "the server holds what the client does not take");
        Assert.False(sending.IsCompleted);

        var back = new byte[bytes.Length];
        await client.ReadExactlyAsync(back);
        await sending;
        Assert.True(bytes.AsSpan().SequenceEqual(back));
        await Eventually.True(() => fixture.Running.Loop.Blocks.Rented == 0, "the blocks are back");
    }

    [Fact]
    public async Task Two_spans_leave_in_order_across_records()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(client, Hello);
        var random = new Random(9);
        foreach (var (first, second) in new[] { (1, 1), (200, 100), (200, 16384), (16383, 1), (16383, 5), (16384, 5), (20_000, 50_000), (5, 0), (0, 5) })
        {
            var bytes = new byte[first + second];
            random.NextBytes(bytes);

            var result = await fixture.Running.On(() => fixture.Streams[0].Send(bytes.AsSpan(0, first), bytes.AsSpan(first)));

            Assert.Equal(IoResult.Done(bytes.Length), result);
            var got = new byte[bytes.Length];
            await client.ReadExactlyAsync(got);
            Assert.True(bytes.AsSpan().SequenceEqual(got), $"{first} and {second} bytes");
        }
    }

    [Theory]
    [InlineData("pets.example", "pets.example")]
    [InlineData("PETS.example", "pets.example")]
    [InlineData("a.shop.example", "*.shop.example")]
    [InlineData("b.shop.example", "b.shop.example")]
    [InlineData("a.b.shop.example", "pets.example")]
    [InlineData("unknown.example", "pets.example")]
    [InlineData("shop.example", "pets.example")]
    public async Task ServerName_chooses_the_certificate(string asked, string served)
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions
        {
            Certificates = [authority.Issue("pets.example"), authority.Issue("*.shop.example"), authority.Issue("b.shop.example")],
        });

        await using var client = await fixture.ClientAsync(asked, o => o.RemoteCertificateValidationCallback = (_, _, _, _) => true);

        Assert.Equal("CN=" + served, client.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task ServerName_without_a_certificate_is_refused_when_told_to()
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("pets.example")], RefuseUnknownNames = true });

        await Assert.ThrowsAsync<AuthenticationException>(() => fixture.ClientAsync("other.example"));
        await using var client = await fixture.ClientAsync();

        await Eventually.True(() => fixture.Context.Counts is { Handshakes: 1, Failed: 1 }, "both counted");
    }

    [Fact]
    public async Task Protocol_is_the_first_of_ours_that_is_offered()
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("pets.example")], Protocols = ["h2", "http/1.1"] });

        await using var both = await fixture.ClientAsync(more: o => o.ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2]);
        await using var none = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(both, Hello);
        await TlsFixture.EchoAsync(none, Hello);

        Assert.Equal(SslApplicationProtocol.Http2, both.NegotiatedApplicationProtocol);
        Assert.Equal(["h2", null], fixture.Streams.Select(s => s.Protocol));
    }

    [Fact]
    public async Task Protocol_of_which_none_is_ours_is_refused()
    {
        using var fixture = await TlsFixture.StartAsync();

        await Assert.ThrowsAsync<AuthenticationException>(() => fixture.ClientAsync(more: o => o.ApplicationProtocols = [SslApplicationProtocol.Http2]));

        await Eventually.True(() => fixture.Streams.Count == 1 && fixture.Streams[0].Failure == "no application protocol", "the reason");
    }

    [Fact]
    public async Task Version_below_the_lowest_is_refused()
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("pets.example")], MinimumVersion = TlsVersion.Tls13 });

        await Assert.ThrowsAsync<AuthenticationException>(() => fixture.ClientAsync(more: o => o.EnabledSslProtocols = SslProtocols.Tls12));

        await Eventually.True(() => fixture.Streams.Count == 1 && fixture.Streams[0].Failure == "unsupported protocol", "the reason");
    }

    [Theory]
    [InlineData(ClientCertificates.Optional, true, true)]
    [InlineData(ClientCertificates.Optional, false, true)]
    [InlineData(ClientCertificates.Required, true, true)]
    [InlineData(ClientCertificates.Required, false, false)]
    public async Task Client_certificate_is_asked_for_and_can_be_read(ClientCertificates ask, bool shown, bool served)
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions
        {
            Certificates = [authority.Issue("pets.example")],
            ClientCertificates = ask,
            ClientAuthoritiesPem = authority.Pem,
        });
        using var mine = fixture.Authority.IssueX509(["client-7"]);

        var talking = TalkAsync(fixture, shown ? mine : null);

        if (!served)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => talking);
            await Eventually.True(() => fixture.Streams[0].Failure == "peer did not return a certificate", "the reason");
            return;
        }

        await using var client = await talking;
        using var seen = await fixture.Running.On(() => fixture.Streams[0].PeerCertificate());
        Assert.Equal(shown ? mine.Thumbprint : null, seen?.Thumbprint);
    }

    [Fact]
    public async Task Client_certificate_of_another_authority_is_refused_even_where_optional()
    {
        using var strangers = new TestAuthority("Strangers");
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions
        {
            Certificates = [authority.Issue("pets.example")],
            ClientCertificates = ClientCertificates.Optional,
            ClientAuthoritiesPem = authority.Pem,
        });
        using var theirs = strangers.IssueX509(["client-7"]);

        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(fixture, theirs));

        await Eventually.True(() => fixture.Streams[0].Failure == "certificate verify failed: unable to get local issuer certificate", "the reason");
    }

    [Fact]
    public async Task Context_replaced_serves_the_new_certificate_and_keeps_running_streams()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var old = await fixture.ClientAsync();
        var replaced = fixture.Context;
        fixture.Context = new TlsServerContext(new TlsServerOptions { Certificates = [fixture.Authority.Issue("pets.example", "new.example")] });
        replaced.Dispose();

        await using var later = await fixture.ClientAsync("new.example");
        await TlsFixture.EchoAsync(old, Hello);
        await TlsFixture.EchoAsync(later, Hello);

        Assert.Throws<ObjectDisposedException>(() => replaced.Accept(null!));
    }

    [Fact]
    public async Task End_by_the_client_with_close_notify_is_an_end_and_is_answered()
    {
        using var fixture = await TlsFixture.StartAsync();
        fixture.Server.HalfClosed = "bye"u8.ToArray();
        await using var client = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(client, Hello);

        await client.ShutdownAsync();

        var rest = new byte[10];
        Assert.Equal(3, await client.ReadAsync(rest));
        Assert.Equal(0, await client.ReadAsync(rest));
        await Eventually.True(() => fixture.Server.Open == 0 && fixture.Open == 0, "closed");
        Assert.Equal(1, fixture.Server.Ends);
        Assert.Empty(fixture.Server.Errors);
    }

    [Fact]
    public async Task ShutdownSend_lets_the_other_direction_go_on()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(client, Hello);

        await fixture.Running.On(fixture.Streams[0].ShutdownSend);
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.Equal(IoResult.Failed(Errno.BrokenPipe), await fixture.Running.On(() => fixture.Streams[0].Send(Hello)));
        fixture.Server.Mute = true;
        await client.WriteAsync(new byte[50_000]);

        await Eventually.True(async () => await fixture.Running.On(() => fixture.Server.Received) == 5 + 50_000, "received after our end");
    }

    [Fact]
    public async Task End_without_close_notify_is_a_failure()
    {
        using var fixture = await TlsFixture.StartAsync();
        var socket = await RawClient.ConnectAsync(fixture.Server.Endpoint);
        var client = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
        await client.AuthenticateAsClientAsync("pets.example");
        await TlsFixture.EchoAsync(client, Hello);

        socket.Close();

        await Eventually.True(() => fixture.Server.Open == 0, "closed");
        Assert.Equal([Errno.ConnectionReset], fixture.Server.Errors);
        Assert.Equal("unexpected eof while reading", fixture.Streams[0].Failure);
    }

    [Fact]
    public async Task Close_while_the_client_does_not_read_still_delivers_all_and_a_clean_end()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(client, Hello);
        var bytes = new byte[16 * 1024 * 1024];
        new Random(4).NextBytes(bytes);

        var taken = await fixture.Running.On(() =>
        {
            var result = fixture.Streams[0].Send(bytes);
            fixture.Streams[0].Close();
            return result.Count;
        });
        Assert.InRange(taken, 1, bytes.Length - 1);
        Assert.True(await fixture.Running.On(() => fixture.Streams[0].IsClosed));

        var got = new byte[taken];
        await client.ReadExactlyAsync(got);
        Assert.True(bytes.AsSpan(0, taken).SequenceEqual(got));
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        await Eventually.True(() => fixture.Open == 0, "freed");
        Assert.Equal(0, fixture.Running.Loop.Blocks.Rented);
    }

    [Fact]
    public async Task Abort_is_a_reset_for_the_client()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(client, Hello);

        await fixture.Running.On(fixture.Streams[0].Abort);

        var error = await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask());
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        Assert.Equal(0, fixture.Open);
    }

    [Fact]
    public async Task Owner_that_throws_loses_its_stream_and_nothing_leaks()
    {
        using var fixture = await TlsFixture.StartAsync();
        fixture.Server.ThrowOn = (byte)'!';
        await using var client = await fixture.ClientAsync();

        await client.WriteAsync("!"u8.ToArray());

        await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask());
        await Eventually.True(() => fixture.Server.FaultsTold == 1 && fixture.Open == 0, "told and freed");
        Assert.Equal("poison", Assert.Single(fixture.Running.Faults).Message);
        fixture.Running.Faults.Clear();
    }

    [Fact]
    public async Task Echo_in_steady_state_allocates_nothing_on_the_loop()
    {
        using var fixture = await TlsFixture.StartAsync();
        await using var client = await fixture.ClientAsync();
        Assert.Equal(0, await Allocations.InSteadyStateAsync(() => fixture.Running.On(GC.GetAllocatedBytesForCurrentThread), async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await TlsFixture.EchoAsync(client, Hello);
            }
        }));
    }

    [Fact]
    public async Task Two_thousand_handshakes_leave_no_native_object()
    {
        using var fixture = await TlsFixture.StartAsync();
        for (var batch = 0; batch < 40; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
            {
                await using var client = await fixture.ClientAsync();
                if (i % 2 == 0)
                {
                    await TlsFixture.EchoAsync(client, Hello);
                }
            }));
        }

        await Eventually.True(() => fixture.Open == 0, "all freed");
        Assert.Equal(2000, fixture.Server.Total);
        Assert.Equal(1, fixture.Running.Loop.Statistics.OpenDescriptors);
    }

    private static async Task<SslStream> TalkAsync(TlsFixture fixture, X509Certificate2? certificate)
    {
        var client = await fixture.ClientAsync(more: o => o.ClientCertificates = certificate is null ? [] : [certificate]);
        await TlsFixture.EchoAsync(client, Hello);
        return client;
    }
}
