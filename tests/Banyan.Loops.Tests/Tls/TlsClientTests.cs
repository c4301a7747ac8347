using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

using Banyan.Loops.Sockets;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Sockets;
using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

/// <summary>Clients on the loop against the framework's server.</summary>
[Collection("tls")]
public sealed class TlsClientTests : IDisposable
{
    private static readonly DateTimeOffset LongAgo = new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority _authority = new();
    private readonly RunningLoop _running = new();
    private readonly long _openBefore = TlsContext.OpenStreams;

    public void Dispose()
    {
        _running.Dispose();
        _authority.Dispose();
        Assert.Equal(_openBefore, TlsContext.OpenStreams);
    }

    [Theory]
    [InlineData("pets.example")]
    [InlineData("127.0.0.1")]
    public async Task Connect_to_a_trusted_server_is_connected_and_bytes_go_both_ways(string name)
    {
        await using var peer = Peer("pets.example", "127.0.0.1");
        using var context = new TlsClientContext(Trusting() with { Protocols = ["http/1.1"] });
        var (stream, owner, outcome) = await ConnectAsync(context, peer.Address, name);
        Assert.Equal(new ConnectOutcome(ConnectStatus.Connected), outcome);

        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        var sent = 0;
        await Eventually.True(
            async () =>
            {
                sent += sent < bytes.Length ? await _running.On(() => stream.Send(bytes.AsSpan(sent)).Count) : 0;
                return await _running.On(() => owner.Received.Length) == bytes.Length;
            },
            "the echo");

        Assert.True(bytes.AsSpan().SequenceEqual(owner.Received.ToArray()));
        Assert.Equal(("http/1.1", "TLSv1.3", "CN=pets.example"), await _running.On(() => (stream.Protocol, stream.Version, stream.PeerCertificate()!.Subject)));
        Assert.Equal(name == "127.0.0.1" ? string.Empty : name, Assert.Single(peer.Clients).Name);

        await _running.On(stream.ShutdownSend);
        await Eventually.True(async () => await _running.On(() => owner.Last.Status) == IoStatus.End, "the answer to our end");
        await _running.On(stream.Close);
    }

    [Theory]
    [InlineData("other.example", "hostname mismatch")]
    [InlineData("127.0.0.2", "IP address mismatch")]
    public async Task Connect_under_a_name_the_certificate_is_not_for_fails_with_the_reason(string name, string reason)
    {
        await using var peer = Peer("pets.example", "127.0.0.1");
        using var context = new TlsClientContext(Trusting());

        var (stream, _, outcome) = await ConnectAsync(context, peer.Address, name);

        Assert.Equal(new ConnectOutcome(ConnectStatus.TlsFailed, 0, "certificate verify failed: " + reason), outcome);
        Assert.True(stream.IsClosed);
        Assert.Equal(1, context.Counts.Failed);
    }

    [Fact]
    public async Task Connect_to_an_expired_certificate_fails_with_the_reason()
    {
        using var expired = _authority.IssueX509(["pets.example"], LongAgo);
        await using var peer = new TlsPeer(new SslServerAuthenticationOptions { ServerCertificate = expired });
        using var context = new TlsClientContext(Trusting());

        var (_, _, outcome) = await ConnectAsync(context, peer.Address, "pets.example");

        Assert.Equal("certificate verify failed: certificate has expired", outcome.Text);
    }

    [Fact]
    public async Task Connect_to_a_certificate_of_a_stranger_fails_unless_any_is_accepted()
    {
        using var strangers = new TestAuthority("Strangers");
        await using var peer = Peer("pets.example");
        using var wary = new TlsClientContext(new TlsClientOptions { AuthoritiesPem = strangers.Pem });
        using var system = new TlsClientContext(new TlsClientOptions());
        using var careless = new TlsClientContext(new TlsClientOptions { AcceptAnyCertificate = true });

        Assert.Equal("certificate verify failed: unable to get local issuer certificate", (await ConnectAsync(wary, peer.Address, "pets.example")).Outcome.Text);
        Assert.Equal(ConnectStatus.TlsFailed, (await ConnectAsync(system, peer.Address, "pets.example")).Outcome.Status);
        var (stream, _, outcome) = await ConnectAsync(careless, peer.Address, "other.example");
        Assert.Equal(ConnectStatus.Connected, outcome.Status);
        await _running.On(stream.Close);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Connect_again_resumes_the_session_each_time(SslProtocols protocol)
    {
        await using var peer = new TlsPeer(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(_authority.IssueX509(["pets.example"]), null, offline: true),
            EnabledSslProtocols = protocol,
        });
        using var context = new TlsClientContext(Trusting());
        for (var i = 0; i < 3; i++)
        {
            var (stream, owner, _) = await ConnectAsync(context, peer.Address, "pets.example");
            await _running.On(() => stream.Send("hello"u8));
            await Eventually.True(async () => await _running.On(() => owner.Received.Length) == 5, "the echo");
            Assert.Equal(i > 0, stream.Resumed);
            await _running.On(stream.Close);
        }
    }

    [Fact]
    public async Task Connect_with_a_certificate_shows_it()
    {
        using var server = _authority.IssueX509(["pets.example"]);
        await using var peer = new TlsPeer(new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        using var context = new TlsClientContext(Trusting() with { Certificate = _authority.Issue("gateway-1") });

        var (stream, owner, outcome) = await ConnectAsync(context, peer.Address, "pets.example");
        Assert.Equal(ConnectStatus.Connected, outcome.Status);
        await _running.On(() => stream.Send("hello"u8));
        await Eventually.True(async () => await _running.On(() => owner.Received.Length) == 5, "the echo");

        Assert.Equal("CN=gateway-1", Assert.Single(peer.Clients).Certificate);
        await _running.On(stream.Close);
    }

    [Fact]
    public async Task Connect_to_a_server_that_speaks_no_TLS_fails()
    {
        using var listener = Listen();
        using var context = new TlsClientContext(Trusting());
        var connecting = ConnectAsync(context, AddressOf(listener), "pets.example");
        using var accepted = await listener.AcceptAsync();
        await accepted.SendAllAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        var (_, _, outcome) = await connecting;

        Assert.Equal(new ConnectOutcome(ConnectStatus.TlsFailed, 0, "wrong version number"), outcome);
    }

    [Fact]
    public async Task Connect_to_a_server_that_ends_during_the_handshake_fails()
    {
        using var listener = Listen();
        using var context = new TlsClientContext(Trusting());
        var ended = ConnectAsync(context, AddressOf(listener), "pets.example");
        using (var accepted = await listener.AcceptAsync())
        {
            await accepted.ReceiveAllAsync(5);
            accepted.Shutdown(SocketShutdown.Send);
            Assert.Equal(ConnectStatus.TlsFailed, (await ended).Outcome.Status);
        }

        var reset = ConnectAsync(context, AddressOf(listener), "pets.example");
        var second = await listener.AcceptAsync();
        await second.ReceiveAllAsync(5);
        second.Reset();
        Assert.Equal(new ConnectOutcome(ConnectStatus.Failed, Errno.ConnectionReset), (await reset).Outcome);
    }

    [Fact]
    public async Task Connect_where_nobody_listens_is_refused()
    {
        using var context = new TlsClientContext(Trusting());

        var (stream, _, outcome) = await ConnectAsync(context, LoopAddress.Of(System.Net.IPAddress.Loopback, FreePort.Next()), "pets.example");

        Assert.Equal(new ConnectOutcome(ConnectStatus.Refused, Errno.ConnectionRefused), outcome);
        Assert.True(stream.IsClosed);
    }

    [Fact]
    public async Task Connect_closed_during_the_handshake_hears_nothing()
    {
        using var listener = Listen();
        using var context = new TlsClientContext(Trusting());
        var owner = new RecordingOwner();
        var stream = await _running.On(() => context.Connect(_running.Loop, AddressOf(listener), "pets.example", owner));
        using var accepted = await listener.AcceptAsync();
        await accepted.ReceiveAllAsync(5);

        await _running.On(stream.Close);
        await accepted.ReceiveToEndAsync();

        Assert.Empty(await _running.On(() => owner.Calls.ToArray()));
    }

    [Fact]
    public async Task Unused_connection_with_a_ticket_waiting_is_alive_and_after_the_end_is_not()
    {
        await using var peer = Peer("pets.example");
        using var context = new TlsClientContext(Trusting());
        var (stream, owner, _) = await ConnectAsync(context, peer.Address, "pets.example");

        // The framework's server sends its tickets right after the handshake; whether they have come makes no difference.
        Assert.True(await _running.On(stream.IsAlive));
        await _running.On(() => stream.Send("hello"u8));
        await Eventually.True(async () => await _running.On(() => owner.Received.Length) == 5, "the echo");
        Assert.Equal((true, true), await _running.On(() => (stream.IsAlive(), stream.SeemsIdle)));

        await _running.On(stream.ShutdownSend);
        await Eventually.True(async () => await _running.On(() => owner.Last.Status) == IoStatus.End, "the end");
        Assert.Equal((false, false), await _running.On(() => (stream.IsAlive(), stream.SeemsIdle)));
        await _running.On(stream.Close);
    }

    [Fact]
    public async Task Dispose_of_the_loop_frees_what_is_open()
    {
        await using var peer = Peer("pets.example");
        using var context = new TlsClientContext(Trusting());
        var before = TlsContext.OpenStreams;
        using (var other = new RunningLoop())
        {
            var owner = new RecordingOwner();
            await other.On(() => context.Connect(other.Loop, peer.Address, "pets.example", owner));
            await owner.Outcome;
            Assert.Equal(before + 1, TlsContext.OpenStreams);
        }

        Assert.Equal(before, TlsContext.OpenStreams);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static LoopAddress AddressOf(Socket listener) => LoopAddress.Of(System.Net.IPAddress.Loopback, ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port);

    private TlsClientOptions Trusting() => new() { AuthoritiesPem = _authority.Pem };

    private TlsPeer Peer(params string[] names) => new(new SslServerAuthenticationOptions
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(_authority.IssueX509(names), null, offline: true),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    });

    private async Task<(TlsStream Stream, RecordingOwner Owner, ConnectOutcome Outcome)> ConnectAsync(TlsClientContext context, LoopAddress address, string name)
    {
        var owner = new RecordingOwner();
        var stream = await _running.On(() => context.Connect(_running.Loop, address, name, owner));
        return (stream, owner, await owner.Outcome);
    }
}
