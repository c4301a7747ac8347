using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Banyan.Loops;
using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.Tls;

namespace Banyan.Gateway.Upstreams;

/// <summary>
/// TLS to instances, whose certificates are verified against what the system trusts. On loops over epoll one set of sessions to resume serves all loops, made when
/// the first instance asks for it. Safe for concurrent use.
/// </summary>
internal sealed class UpstreamTls : IDisposable
{
    private readonly Lazy<TlsClientContext> _context = new(() => new TlsClientContext(new TlsClientOptions { Protocols = ["http/1.1"] }));

    /// <summary>Why a loop cannot speak TLS; null when it can.</summary>
    public static string? MissingReason(EventLoop loop) => loop.IsPortable ? null : TlsContext.MissingReason;

    /// <summary>Opens a connection and secures it; as <see cref="EventLoop.Connect"/>.</summary>
    /// <exception cref="LoopException">OpenSSL is missing.</exception>
    public LoopStream Connect(EventLoop loop, in LoopAddress address, string host, IStreamOwner owner) =>
        loop.IsPortable ? PortableTls.Connect(loop, address, OptionsFor(host), owner) : _context.Value.Connect(loop, address, host, owner);

    public void Dispose()
    {
        if (_context.IsValueCreated)
        {
            _context.Value.Dispose();
        }
    }

    private static SslClientAuthenticationOptions OptionsFor(string host) => new()
    {
        TargetHost = host,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,

        // The loop waits for nothing: what is not at hand is not fetched.
        CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
    };
}
