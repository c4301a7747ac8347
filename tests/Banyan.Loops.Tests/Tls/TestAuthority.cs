using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Tls;

namespace Banyan.Loops.Tests.Tls;

/// <summary>An authority that issues what tests need, valid from 2020 on.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _root;
    private long _serial;

    public TestAuthority(string name = "Test Authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(From, To);
    }

    public string Pem => _root.ExportCertificatePem();

    /// <summary>A certificate with its key for these names, which may be IP addresses.</summary>
    public X509Certificate2 IssueX509(IReadOnlyList<string> names, DateTimeOffset? notAfter = null, bool rsa = false)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsaKey
            ? new CertificateRequest("CN=" + names[0], rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=" + names[0], (ECDsa)key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var bare = request.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_root.GetECDsaPrivateKey()!), From, notAfter ?? To, BitConverter.GetBytes(++_serial));
        using var withKey = key is RSA r ? bare.CopyWithPrivateKey(r) : bare.CopyWithPrivateKey((ECDsa)key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public TlsCertificate Issue(params string[] names)
    {
        using var certificate = IssueX509(names);
        return TlsCertificate.From(certificate);
    }

    public void Dispose() => _root.Dispose();
}
