using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Issues certificates for tests, directly under its root.</summary>
internal sealed class TestAuthority : IDisposable
{
    /// <summary>When the tests began.</summary>
    public static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static readonly DateTimeOffset From = Now.AddDays(-100);
    private static readonly DateTimeOffset To = Now.AddDays(2000);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private byte _serial;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Root = request.CreateSelfSigned(From, To);
    }

    public X509Certificate2 Root { get; }

    /// <summary>A certificate and its key as PEM.</summary>
    public (string Certificate, string Key) Issue(string[] names, DateTimeOffset? from = null, DateTimeOffset? to = null, string? purpose = null, AsymmetricAlgorithm? key = null)
    {
        using var own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var subject = new X500DistinguishedName("CN=" + (names is [var first, ..] ? first : "nobody"));
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa?)key ?? own!, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var san = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                {
                    san.AddIpAddress(address);
                }
                else
                {
                    san.AddDnsName(name);
                }
            }
            request.CertificateExtensions.Add(san.Build());
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose ?? "1.3.6.1.5.5.7.3.1")], false));
        using var made = request.Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), from ?? From, to ?? To.AddDays(-1), [1, ++_serial]);
        return (made.ExportCertificatePem(), (key ?? own!).ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A certificate that clients show.</summary>
    public X509Certificate2 IssueClient(string name)
    {
        var (certificate, key) = Issue([name], purpose: "1.3.6.1.5.5.7.3.2");
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    public void Dispose()
    {
        Root.Dispose();
        _key.Dispose();
    }
}
