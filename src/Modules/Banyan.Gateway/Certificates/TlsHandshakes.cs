using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Banyan.Contracts;
using Banyan.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Banyan.Gateway.Certificates;

/// <summary>What each TLS handshake of the framework's server is answered with: the certificate of the name the client asks for, versions, protocols, and who may come in.</summary>
internal sealed class TlsHandshakes(GatewayOptions options, CertificateTable table)
{
    // id-kp-clientAuth, RFC 5280 section 4.2.1.12.
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    // A TLS record (RFC 8446 section 5.1) with a fatal alert: unrecognized_name, 112 (RFC 6066 section 3). The framework only ends the connection.
    private static readonly byte[] UnrecognizedName = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70];

    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly SslProtocols _versions = options.TlsMinimum == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
    private X509Certificate2Collection? _authorities;

    /// <summary>Reads what the options name, and gives the server's side of handshakes.</summary>
    /// <exception cref="HostStartException">The file of authorities cannot be used.</exception>
    public TlsHandshakeCallbackOptions Prepare()
    {
        _authorities = options.HttpsClientCertificates == ClientCertificates.None ? null : ReadAuthorities(options.ClientCa!);
        return new TlsHandshakeCallbackOptions { HandshakeTimeout = options.TlsHandshakeTimeout, OnConnection = AnswerAsync };
    }

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        var problem = "there is no certificate in it";
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problem = e.Message.TrimEnd('.');
        }

        return authorities.Count > 0
            ? authorities
            : throw new HostStartException(
                HostErrors.BadSettings, ExitCodes.InvalidInput, $"gateway.clientCa: '{path}' cannot be used: {problem}. It must hold the authorities' certificates as PEM.");
    }

    private async ValueTask<SslServerAuthenticationOptions> AnswerAsync(TlsHandshakeCallbackContext context)
    {
        var name = context.ClientHelloInfo.ServerName;
        if (table.Choose(name, options.TlsUnknownName) is not { } entry)
        {
            await RefuseAsync(context.Connection, context.CancellationToken);
            throw new AuthenticationException($"There is no certificate for '{name}'.");
        }

        var answer = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = entry.Material.Context,
            EnabledSslProtocols = _versions,
            ApplicationProtocols = Protocols,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_authorities is { } authorities)
        {
            // Asked for in both modes; whether it may be missing is decided below.
            answer.ClientCertificateRequired = true;
            answer.CertificateChainPolicy = PolicyFor(authorities);
            answer.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is null ? options.HttpsClientCertificates == ClientCertificates.Optional : errors == SslPolicyErrors.None;
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

    private static async Task RefuseAsync(ConnectionContext connection, CancellationToken cancellation)
    {
        try
        {
            await connection.Transport.Output.WriteAsync(UnrecognizedName, cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // It is gone already.
        }
    }
}
