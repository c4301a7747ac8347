using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Banyan.Gateway.Certificates;

/// <summary>A certificate with its chain and key, read and found to fit together. Never changes; a handshake that took it may go on using it after a reload.</summary>
internal sealed class CertificateMaterial
{
    private const int LeastRsaBits = 2048;
    private const string CertificateLabel = "-----BEGIN CERTIFICATE-----";

    private readonly Lazy<SslStreamCertificateContext> _context;

    private CertificateMaterial(X509Certificate2 leaf, X509Certificate2Collection issuers, string chainPem, string keyPem)
    {
        Names = CertificateNames.In(leaf);
        NotBefore = new DateTimeOffset(leaf.NotBefore);
        NotAfter = new DateTimeOffset(leaf.NotAfter);
        Subject = leaf.Subject;
        Issuer = leaf.Issuer;
        Fingerprint = leaf.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        ChainPem = Encoding.ASCII.GetBytes(chainPem);
        KeyPem = Encoding.ASCII.GetBytes(keyPem);
        _context = new(() => SslStreamCertificateContext.Create(leaf, issuers, offline: true));
    }

    /// <summary>The DNS names in it, lower-case.</summary>
    public IReadOnlyList<string> Names { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public string Subject { get; }

    public string Issuer { get; }

    /// <summary>SHA-256 of the certificate, lower-case hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>PEM of the certificate and its issuers, for TLS that is not the framework's.</summary>
    public ReadOnlyMemory<byte> ChainPem { get; }

    /// <summary>PEM of the private key, for TLS that is not the framework's. Never shown.</summary>
    public ReadOnlyMemory<byte> KeyPem { get; }

    /// <summary>For the framework's TLS. One object a certificate: session tickets of earlier connections are good as long as it lives.</summary>
    public SslStreamCertificateContext Context => _context.Value;

    /// <summary>Reads a chain and a key.</summary>
    /// <param name="chainPem">PEM, the server's certificate first.</param>
    /// <param name="keyPem">PEM, not encrypted.</param>
    /// <param name="problem">Why not, when null is returned.</param>
    public static CertificateMaterial? Read(string chainPem, string keyPem, out CertificateProblem? problem)
    {
        var chain = new X509Certificate2Collection();
        problem = ReadChain(chainPem, chain) ?? CheckKeyText(keyPem);
        if (problem is not null)
        {
            return null;
        }

        var leaf = WithKey(chain[0], keyPem, out problem);
        if (leaf is null)
        {
            problem = chain.Skip(1).Any(c => WithKey(c, keyPem, out _) is not null)
                ? new CertificateProblem(false, "The key belongs to a later certificate of the list. Put the server's own certificate first.")
                : problem;
            return null;
        }

        using (var rsa = leaf.GetRSAPublicKey())
        {
            if (rsa is { KeySize: < LeastRsaBits })
            {
                problem = new CertificateProblem(true, $"The RSA key has {rsa.KeySize} bits; clients refuse less than {LeastRsaBits}. Use a longer key, or an EC one.");
                return null;
            }
        }

        chain.RemoveAt(0);
        return new CertificateMaterial(leaf, chain, chainPem, keyPem);
    }

    private static CertificateProblem? ReadChain(string pem, X509Certificate2Collection chain)
    {
        // A text that ends in the middle has fewer whole certificates than beginnings; the reader itself passes over that.
        var begun = pem.AsSpan().Count(CertificateLabel);
        if (begun == 0)
        {
            return new CertificateProblem(false, $"There is no certificate in it. A certificate in PEM begins with '{CertificateLabel}'.");
        }

        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            return new CertificateProblem(false, $"A certificate in it cannot be read: {e.Message.TrimEnd('.')}. Export it again as PEM.");
        }

        if (chain.Count != begun)
        {
            return new CertificateProblem(false, $"It has {begun} beginnings of certificates but {chain.Count} whole ones. The text is cut off or damaged.");
        }

        for (var i = 1; i < chain.Count; i++)
        {
            if (!chain[i - 1].IssuerName.RawData.AsSpan().SequenceEqual(chain[i].SubjectName.RawData))
            {
                return new CertificateProblem(false, $"Certificate {i + 1} ('{chain[i].Subject}') did not issue certificate {i} (issued by '{chain[i - 1].Issuer}'). List each before the one that issued it.");
            }
        }

        return null;
    }

    // Certificates beside the key do not matter: many keep both in one file.
    private static CertificateProblem? CheckKeyText(string pem)
    {
        var none = new CertificateProblem(true, "There is no whole private key in it. A key in PEM begins with '-----BEGIN PRIVATE KEY-----', and has an end.");
        for (ReadOnlySpan<char> rest = pem; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            switch (rest[found.Label])
            {
                case "ENCRYPTED PRIVATE KEY":
                    return new CertificateProblem(true, "The private key is encrypted. Write it without a password: openssl pkey -in KEY -out PLAIN.");
                case "CERTIFICATE":
                    none = new CertificateProblem(true, "This is a certificate and not its private key.");
                    break;
                default:
                    return null;
            }
        }

        return none;
    }

    private static X509Certificate2? WithKey(X509Certificate2 certificate, string keyPem, out CertificateProblem? problem)
    {
        try
        {
            problem = null;
            var loaded = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), keyPem);

            // Windows does TLS only with a key that was imported.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null) : loaded;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            problem = new CertificateProblem(true, "The private key does not belong to the certificate, or is not an RSA or EC key.");
            return null;
        }
    }
}
