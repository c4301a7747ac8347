using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.Tls;

namespace Banyan.Gateway.Upstreams;

/// <summary>
/// TLS to instances, whose certificates are verified against what the system trusts, or against the authorities of a file alone. On loops over epoll one set of
/// sessions to resume serves all loops, made when the first instance asks for it. Safe for concurrent use once <see cref="Prepare"/> was called.
/// </summary>
internal sealed class UpstreamTls : IDisposable
{
    private readonly Lazy<TlsClientContext> _http1;
    private readonly Lazy<TlsClientContext> _http2;
    private X509Certificate2Collection? _authorities;

    public UpstreamTls()
    {
        _http1 = new(() => ContextFor("http/1.1"));
        _http2 = new(() => ContextFor("h2"));
    }

    /// <summary>Why a loop cannot speak TLS; null when it can.</summary>
    public static string? MissingReason(EventLoop loop) => loop.IsPortable ? null : TlsContext.MissingReason;

    /// <summary>Reads the file of authorities, when one is named.</summary>
    /// <param name="path">See <see cref="EngineOptions.UpstreamCa"/>.</param>
    /// <param name="setting">The setting, for the message.</param>
    /// <exception cref="HostStartException">It cannot be used.</exception>
    public void Prepare(string? path, string setting) => _authorities = path is null ? null : AuthorityFile.Read(path, setting);

    /// <summary>Opens a connection to an instance and secures it; as <see cref="EventLoop.Connect"/>.</summary>
    /// <exception cref="LoopException">OpenSSL is missing.</exception>
    public LoopStream Connect(EventLoop loop, in LoopAddress address, Endpoint endpoint, IStreamOwner owner) => loop.IsPortable
        ? PortableTls.Connect(loop, address, OptionsFor(endpoint), owner)
        : (endpoint.Http2 ? _http2 : _http1).Value.Connect(loop, address, endpoint.Host, owner);

    public void Dispose()
    {
        foreach (var context in new[] { _http1, _http2 }.Where(c => c.IsValueCreated))
        {
            context.Value.Dispose();
        }
    }

    private TlsClientContext ContextFor(string protocol) => new(new TlsClientOptions { Protocols = [protocol], AuthoritiesPem = _authorities?.ExportCertificatePems() });

    private SslClientAuthenticationOptions OptionsFor(Endpoint endpoint)
    {
        // The loop waits for nothing: what is not at hand is not fetched.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_authorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = endpoint.Host,
            ApplicationProtocols = [endpoint.Http2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,
        };
    }
}
