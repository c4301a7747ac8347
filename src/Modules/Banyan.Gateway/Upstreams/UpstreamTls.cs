using Banyan.Loops.Tls;

namespace Banyan.Gateway.Upstreams;

/// <summary>TLS to instances: one set of sessions to resume for all loops, made when the first instance asks for it. Safe for concurrent use.</summary>
internal sealed class UpstreamTls : IDisposable
{
    private readonly Lazy<TlsClientContext> _context = new(() => new TlsClientContext(new TlsClientOptions { Protocols = ["http/1.1"] }));

    /// <summary>The context; certificates are verified against what the system trusts.</summary>
    /// <exception cref="Loops.LoopException">OpenSSL is missing.</exception>
    public TlsClientContext Context => _context.Value;

    public void Dispose()
    {
        if (_context.IsValueCreated)
        {
            _context.Value.Dispose();
        }
    }
}
