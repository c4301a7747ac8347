using System.Text;
using Banyan.Gateway.Certificates;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Banyan.Loops.Tls;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Listening;

/// <summary>
/// TLS of clients by OpenSSL, on loops over epoll. A change of certificates makes a new context for the connections that come; those that stand keep theirs. Sessions are resumed
/// across changes and loops, because the keys of their tickets stay. Safe for concurrent use.
/// </summary>
internal sealed class LoopTls : IClientTls
{
    private readonly GatewayOptions _options;
    private readonly CertificateTable _table;
    private readonly ILogger _log;
    private readonly TicketKeys _tickets;
    private readonly string? _authorities;
    private volatile TlsServerContext? _current;

    /// <summary>Reads what the options name and follows the table.</summary>
    /// <exception cref="Hosting.HostStartException">The file of authorities cannot be used.</exception>
    public LoopTls(GatewayOptions options, CertificateTable table, TimeProvider clock, ILogger log)
    {
        _options = options;
        _table = table;
        _log = log;
        _tickets = new TicketKeys(clock);
        _authorities = options.HttpsClientCertificates == ClientCertificates.None ? null : AuthorityFile.Read(options.ClientCa!, "gateway.clientCa").ExportCertificatePems();
        table.Replacing += Use;
        if (table.Current is { } now)
        {
            Use(now);
        }
    }

    public LoopStream? Accept(LoopStream socket) => _current?.Accept(socket);

    public void Dispose()
    {
        _table.Replacing -= Use;
        _current?.Dispose();
    }

    private void Use(CertificateSnapshot snapshot)
    {
        // The default comes first: it is for names nobody has.
        var entries = snapshot.Entries.Where(snapshot.Uses).OrderByDescending(entry => ReferenceEquals(entry, snapshot.Default)).ToArray();
        var certificates = entries.ToDictionary(Certificate);
        TlsServerContext? next = null;
        try
        {
            next = entries.Length == 0 ? null : new TlsServerContext(new TlsServerOptions
            {
                Certificates = [.. certificates.Keys],
                RefuseUnknownNames = snapshot.Default is null || _options.TlsUnknownName != UnknownTlsName.Default,
                MinimumVersion = _options.TlsMinimum == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12,
                ClientCertificates = (Loops.Tls.ClientCertificates)_options.HttpsClientCertificates,
                ClientAuthoritiesPem = _authorities,
                Tickets = _tickets,
                OnName = chosen => Count(chosen is null ? null : certificates[chosen], snapshot),
                Protocols = _options.HttpsHttp2 ? ["h2", "http/1.1"] : ["http/1.1"],
            });
        }
        catch (LoopException e)
        {
            // What was in use before goes on being used.
            GatewayLog.LoopTlsUnchanged(_log, e.Message);
            return;
        }

        // The one before is not disposed: loops may be accepting with it, and handshakes under way choose from its certificates. Its memory goes once nobody holds it.
        _current = next;
    }

    private void Count(CertificateEntry? chosen, CertificateSnapshot snapshot)
    {
        if (chosen is null)
        {
            _table.CountUnknown();
            chosen = _options.TlsUnknownName == UnknownTlsName.Default ? snapshot.Default : null;
        }

        chosen?.Use.Count();
    }

    private static TlsCertificate Certificate(CertificateEntry entry) =>
        TlsCertificate.FromPem(Encoding.ASCII.GetString(entry.Material.ChainPem.Span), Encoding.ASCII.GetString(entry.Material.KeyPem.Span), entry.Hosts);
}
