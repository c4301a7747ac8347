using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Banyan.Gateway.Certificates;
using Banyan.Hosting;
using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>TLS of clients by the framework: the certificate of the name a client asks for, versions, protocols, and who may come in.</summary>
internal sealed class FrameworkTls : IClientTls
{
    // id-kp-clientAuth, RFC 5280 section 4.2.1.12.
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly GatewayOptions _options;
    private readonly CertificateTable _table;
    private readonly SslProtocols _versions;
    private readonly List<SslApplicationProtocol> _protocols;
    private readonly X509Certificate2Collection? _authorities;

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="HostStartException">The file of authorities cannot be used.</exception>
    public FrameworkTls(GatewayOptions options, CertificateTable table)
    {
        _options = options;
        _table = table;
        _versions = options.TlsMinimum == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
        _protocols = options.HttpsHttp2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11];
        _authorities = options.HttpsClientCertificates == ClientCertificates.None ? null : AuthorityFile.Read(options.ClientCa!, "gateway.clientCa");
    }

    public LoopStream? Accept(LoopStream socket) => PortableTls.Accept(socket, Answer);

    public void Dispose()
    {
        // Certificates are the table's.
    }

    private SslServerAuthenticationOptions? Answer(string name)
    {
        if (_table.Choose(name, _options.TlsUnknownName) is not { } entry)
        {
            return null;
        }

        var answer = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = entry.Material.Context,
            EnabledSslProtocols = _versions,
            ApplicationProtocols = _protocols,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_authorities is { } authorities)
        {
            // Asked for in both modes; whether it may be missing is decided below.
            answer.ClientCertificateRequired = true;
            answer.CertificateChainPolicy = PolicyFor(authorities);
            answer.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is null ? _options.HttpsClientCertificates == ClientCertificates.Optional : errors == SslPolicyErrors.None;
        }

        return answer;
    }

    private static X509ChainPolicy PolicyFor(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(ClientAuthentication);
        return policy;
    }
}
