using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tls;

namespace Banyan.Loops.Tests.Tls;

/// <summary>An echo server over TLS on a loop, with an authority for its certificates; clients are the framework's.</summary>
internal sealed class TlsFixture : IDisposable
{
    private readonly long _openBefore = TlsContext.OpenStreams;
    private volatile TlsStream[] _streams = [];

    private TlsFixture()
    {
    }

    public RunningLoop Running { get; } = new();

    public TestAuthority Authority { get; } = new();

    public EchoServer Server { get; private set; } = null!;

    public TlsServerContext Context { get; set; } = null!;

    /// <summary>Every stream accepted, in order.</summary>
    public IReadOnlyList<TlsStream> Streams => _streams;

    /// <summary>Native connection objects that are of this fixture.</summary>
    public long Open => TlsContext.OpenStreams - _openBefore;

    public static async Task<TlsFixture> StartAsync(Func<TestAuthority, TlsServerOptions>? options = null)
    {
        var fixture = new TlsFixture();
        fixture.Context = new TlsServerContext(options?.Invoke(fixture.Authority) ?? new TlsServerOptions { Certificates = [fixture.Authority.Issue("pets.example")] });
        fixture.Server = await EchoServer.StartAsync(fixture.Running.Loop);
        fixture.Server.Wrap = fixture.Accept;
        return fixture;
    }

    /// <summary>Connects, and shakes hands as <paramref name="name"/> with the authority trusted.</summary>
    public async Task<SslStream> ClientAsync(string name = "pets.example", Action<SslClientAuthenticationOptions>? more = null)
    {
        var socket = await RawClient.ConnectAsync(Server.Endpoint);
        socket.NoDelay = true;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(Authority.Pem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        more?.Invoke(options);
        try
        {
            await stream.AuthenticateAsClientAsync(options);
            return stream;
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends and expects it back.</summary>
    public static async Task EchoAsync(Stream client, byte[] bytes)
    {
        await client.WriteAsync(bytes);
        var back = new byte[bytes.Length];
        await client.ReadExactlyAsync(back);
        Assert.True(back.AsSpan().SequenceEqual(bytes));
    }

    public void Dispose()
    {
        Running.Dispose();
        Context.Dispose();
        Authority.Dispose();
        Assert.Equal(0, Open);
    }

    private TlsStream Accept(LoopStream socket)
    {
        var stream = Context.Accept(socket);
        _streams = [.. _streams, stream];
        return stream;
    }
}
