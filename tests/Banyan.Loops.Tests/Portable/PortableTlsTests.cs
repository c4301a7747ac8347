using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Sockets;
using Banyan.Loops.Tests.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Portable;

public sealed class PortableTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private readonly RunningLoop _running = new(portable: true);
    private readonly List<PortableTls> _accepted = [];

    public PortableTlsTests() => _certificate = _authority.IssueX509(["pets.example"]);

    [Fact]
    public async Task Accept_echoes_to_a_client_of_the_framework_in_both_versions()
    {
        var server = await StartAsync();
        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            await using var client = await ClientAsync(server, o => o.EnabledSslProtocols = version);
            await TlsFixture.EchoAsync(client, "hello"u8.ToArray());
            var bytes = new byte[3_000_000];
            new Random(5).NextBytes(bytes);
            var sending = client.WriteAsync(bytes);
            var back = new byte[bytes.Length];
            await client.ReadExactlyAsync(back);
            await sending;
            Assert.True(bytes.AsSpan().SequenceEqual(back));
        }

        await Eventually.True(() => server.Open == 0 && _running.Loop.Blocks.Rented == 0, "both have gone, and nothing is held");
    }

    [Fact]
    public async Task Accept_agrees_on_a_protocol_and_holds_no_block_while_idle()
    {
        var server = await StartAsync();
        await using var client = await ClientAsync(server, o => o.ApplicationProtocols = [SslApplicationProtocol.Http11]);
        await TlsFixture.EchoAsync(client, "hello"u8.ToArray());

        Assert.Equal("http/1.1", client.NegotiatedApplicationProtocol.ToString());
        Assert.Equal(("http/1.1", true, 0), await _running.On(() => (_accepted[0].Protocol, _accepted[0].SeemsIdle, _running.Loop.Blocks.Rented)));
    }

    [Fact]
    public async Task WantsRead_turned_off_after_a_receive_and_on_again_gives_what_comes_later()
    {
        var server = await StartAsync();
        var owner = new RecordingOwner();
        owner.WhenReadable = stream =>
        {
            // One receive a call, and nothing more is wanted.
            var result = stream.Receive(stream.Loop.ReceiveBuffer);
            owner.Received.Write(stream.Loop.ReceiveBuffer[..result.Count]);
            stream.WantsRead = result.Count == 0;
        };
        await using var client = await ClientAsync(server);
        await _running.On(() => _accepted[0].Owner = owner);
        for (var round = 1; round <= 3; round++)
        {
            await client.WriteAsync("hello"u8.ToArray());
            var expected = round * 5;
            await Eventually.True(async () => await _running.On(() => owner.Received.Length) == expected, $"the bytes of round {round}");
            await _running.On(() => _accepted[0].WantsRead = true);
        }

        await _running.On(_accepted[0].Abort);
    }

    [Fact]
    public async Task Accept_of_a_name_nobody_has_tells_the_client_so()
    {
        var server = await StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => ClientAsync(server, o => o.TargetHost = "other.example"));

        await Eventually.True(() => server.Open == 0, "the connection is over");
        Assert.Equal([Errno.Protocol], server.Errors);
        Assert.Contains("other.example", await _running.On(() => _accepted[0].Failure), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_of_bytes_that_are_not_TLS_fails_the_stream()
    {
        var server = await StartAsync();
        using var client = await RawClient.ConnectAsync(server.Endpoint);

        await client.SendAllAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        await Eventually.True(() => server.Errors.Count == 1 && server.Open == 0, "the failure");
    }

    [Fact]
    public async Task End_with_close_notify_is_the_end_and_without_it_a_failure()
    {
        var server = await StartAsync();
        await using (var proper = await ClientAsync(server))
        {
            await TlsFixture.EchoAsync(proper, "hello"u8.ToArray());
            await proper.ShutdownAsync();
            Assert.Equal(0, await proper.ReadAsync(new byte[1]));
        }

        await Eventually.True(() => server.Ends == 1, "the end");
        Assert.Empty(server.Errors);
        var socket = await RawClient.ConnectAsync(server.Endpoint);
        await using (var cut = await ClientAsync(server, socket: socket))
        {
            await TlsFixture.EchoAsync(cut, "hello"u8.ToArray());
            socket.Shutdown(SocketShutdown.Send);
            await Eventually.True(() => server.Open == 0, "the failure");
        }

        Assert.Equal((1, Errno.ConnectionReset), (server.Ends, Assert.Single(server.Errors)));
    }

    [Fact]
    public async Task Connect_verifies_the_name_and_bytes_go_both_ways()
    {
        var server = await StartAsync();
        var owner = new RecordingOwner();
        var stream = await _running.On(() => PortableTls.Connect(_running.Loop, server.Listener.Address, Trusting("pets.example"), owner));

        Assert.Equal(new ConnectOutcome(ConnectStatus.Connected), await owner.Outcome);
        Assert.Equal(IoResult.Done(11), await _running.On(() => stream.Send("hello "u8, "world"u8)));
        await Eventually.True(async () => await _running.On(() => owner.Received.Length) == 11, "the echo");
        Assert.Equal("hello world"u8.ToArray(), owner.Received.ToArray());
        await Eventually.True(async () => await _running.On(() => stream.SeemsIdle && stream.IsAlive()), "unused and alive, tickets or not");

        await _running.On(stream.Close);
        await Eventually.True(() => server.Ends == 1, "the server saw a clean end");
    }

    [Fact]
    public async Task Connect_to_another_name_or_to_nobody_says_why()
    {
        var server = await StartAsync();
        var wrong = new RecordingOwner();
        await _running.On(() => PortableTls.Connect(_running.Loop, server.Listener.Address, Trusting("other.example"), wrong));
        var nobody = new RecordingOwner();
        await _running.On(() => PortableTls.Connect(_running.Loop, LoopAddress.Unix("@nobody-listens-here"), Trusting("pets.example"), nobody));

        var outcome = await wrong.Outcome;
        Assert.Equal(ConnectStatus.TlsFailed, outcome.Status);
        Assert.NotEmpty(outcome.Text!);
        Assert.Equal(ConnectStatus.Refused, (await nobody.Outcome).Status);
    }

    [Fact]
    public async Task Idle_connection_whose_server_goes_away_does_not_seem_alive()
    {
        var server = await StartAsync();
        var owner = new RecordingOwner { WhenReadable = _ => { } };
        var stream = await _running.On(() => PortableTls.Connect(_running.Loop, server.Listener.Address, Trusting("pets.example"), owner));
        await owner.Outcome;
        await Eventually.True(async () => await _running.On(() => _accepted.Count == 1 && _accepted[0].IsEstablished), "the server's end");

        await _running.On(_accepted[0].Close);

        await Eventually.True(async () => await _running.On(() => owner.Calls.Contains("readable")), "the event");
        Assert.Equal((false, false), await _running.On(() => (stream.SeemsIdle, stream.IsAlive())));
        await _running.On(stream.Abort);
    }

    public void Dispose()
    {
        _running.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private async Task<EchoServer> StartAsync()
    {
        var server = await EchoServer.StartAsync(_running.Loop);
        server.Wrap = socket =>
        {
            var stream = PortableTls.Accept(socket, name => name != "pets.example"
                ? null
                : new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] });
            _accepted.Add(stream);
            return stream;
        };
        return server;
    }

    private SslClientAuthenticationOptions Trusting(string name) => new()
    {
        TargetHost = name,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(_authority.Pem) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private async Task<SslStream> ClientAsync(EchoServer server, Action<SslClientAuthenticationOptions>? more = null, Socket? socket = null)
    {
        var options = Trusting("pets.example");
        more?.Invoke(options);
        var stream = new SslStream(new NetworkStream(socket ?? await RawClient.ConnectAsync(server.Endpoint), ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(options);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
