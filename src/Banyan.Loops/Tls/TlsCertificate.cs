using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Banyan.Loops.Tls;

/// <summary>A certificate with its chain and private key, and the host names it is for.</summary>
public sealed class TlsCertificate
{
    private TlsCertificate(X509Certificate2 leaf, string chainPem, string keyPem, IReadOnlyList<string>? hosts)
    {
        ChainPem = chainPem;
        KeyPem = keyPem;
        Subject = leaf.Subject;
        NotAfter = leaf.NotAfter;
        Thumbprint = leaf.GetCertHashString(HashAlgorithmName.SHA256);
        Hosts = hosts ?? NamesOf(leaf);
    }

    /// <summary>The subject's name, for messages.</summary>
    public string Subject { get; }

    /// <summary>Valid until then.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>SHA-256 of the certificate in hexadecimal.</summary>
    public string Thumbprint { get; }

    /// <summary>Names it is served for: those given, otherwise the DNS names in it. <c>*.example.com</c> stands for one label.</summary>
    public IReadOnlyList<string> Hosts { get; }

    internal string ChainPem { get; }

    internal string KeyPem { get; }

    /// <summary>From texts in PEM: the certificate first, then its chain; and the key, not encrypted.</summary>
    /// <exception cref="LoopException">Either is not what it should be.</exception>
    public static TlsCertificate FromPem(string chainPem, string keyPem, IReadOnlyList<string>? hosts = null)
    {
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chainPem);
            return new TlsCertificate(leaf, chainPem, keyPem, hosts);
        }
        catch (CryptographicException error)
        {
            throw new LoopException($"The certificate is not PEM: {error.Message} It must begin with '-----BEGIN CERTIFICATE-----'.", error);
        }
    }

    /// <summary>From two files in PEM; both may be the same file.</summary>
    /// <exception cref="LoopException">A file cannot be read or is not what it should be.</exception>
    public static TlsCertificate FromPemFiles(string chainPath, string keyPath, IReadOnlyList<string>? hosts = null)
    {
        try
        {
            return FromPem(File.ReadAllText(chainPath), File.ReadAllText(keyPath), hosts);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LoopException($"The certificate in '{chainPath}' with the key in '{keyPath}' cannot be read: {error.Message} Check the paths and their permissions.", error);
        }
        catch (LoopException error)
        {
            throw new LoopException($"The certificate in '{chainPath}' with the key in '{keyPath}' cannot be used. {error.Message}", error);
        }
    }

    /// <summary>From a PFX (PKCS #12) with its chain.</summary>
    /// <exception cref="LoopException">It is not one, has no key, or the password is wrong.</exception>
    public static TlsCertificate FromPfx(ReadOnlySpan<byte> pfx, string? password, IReadOnlyList<string>? hosts = null)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(pfx, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
            try
            {
                var leaf = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new LoopException("The PFX has no certificate with a private key. Export it again with its key.");
                return From(leaf, [.. all.Where(c => c != leaf)], hosts);
            }
            finally
            {
                foreach (var certificate in all)
                {
                    certificate.Dispose();
                }
            }
        }
        catch (CryptographicException error)
        {
            throw new LoopException($"The PFX cannot be read: {error.Message} Check the file and its password.", error);
        }
    }

    /// <summary>From a certificate of the framework whose key may be exported.</summary>
    /// <exception cref="LoopException">It has no key that may be exported.</exception>
    public static TlsCertificate From(X509Certificate2 leaf, IReadOnlyList<X509Certificate2>? chain = null, IReadOnlyList<string>? hosts = null)
    {
        try
        {
            using AsymmetricAlgorithm key = leaf.GetRSAPrivateKey() ?? (AsymmetricAlgorithm?)leaf.GetECDsaPrivateKey()
                ?? throw new LoopException($"The certificate '{leaf.Subject}' has no private key of RSA or ECDSA. Load it with its key.");
            var pem = string.Join('\n', (chain ?? []).Prepend(leaf).Select(c => c.ExportCertificatePem()));
            return new TlsCertificate(leaf, pem, key.ExportPkcs8PrivateKeyPem(), hosts);
        }
        catch (CryptographicException error)
        {
            throw new LoopException($"The key of the certificate '{leaf.Subject}' may not be exported: {error.Message} Load it as exportable.", error);
        }
    }

    private static string[] NamesOf(X509Certificate2 leaf) =>
        [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).Distinct(StringComparer.OrdinalIgnoreCase)];
}
