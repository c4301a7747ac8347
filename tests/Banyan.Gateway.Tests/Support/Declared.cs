using Banyan.Gateway.Certificates;
using Banyan.Gateway.Kinds;
using Banyan.Resources;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Certificates as a feed would give them to the table.</summary>
internal static class Declared
{
    public static CertificateSource Certificate(string name, (string Certificate, string Key) pem, bool byDefault = false, params string[] hosts)
    {
        var spec = new CertificateSpec { Certificate = pem.Certificate, PrivateKey = "(write-only 0123456789abcdef)", Default = byDefault, Hosts = hosts };
        var metadata = new ResourceMetadata { Domain = "default", Name = name, Uid = name, Generation = 1, CreatedAt = TestAuthority.Now };
        var source = CertificateSource.Of(new Resource<CertificateSpec, CertificateStatus>(metadata, spec, null), null);
        source.Take(pem.Certificate, pem.Key);
        Assert.Null(source.Problem);
        return source;
    }
}
