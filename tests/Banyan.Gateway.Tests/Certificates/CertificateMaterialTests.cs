using System.Security.Cryptography;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Certificates;

public sealed class CertificateMaterialTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void Chain_and_key_that_fit_give_names_dates_and_the_text_itself()
    {
        var (certificate, key) = _authority.Issue(["Shop.Example", "*.example"]);
        var chain = certificate + "\n" + _authority.Root.ExportCertificatePem();

        var material = CertificateMaterial.Read(chain, key, out var problem);

        Assert.Null(problem);
        Assert.Equal(["shop.example", "*.example"], material!.Names);
        Assert.True(material.NotBefore < TestAuthority.Now && material.NotAfter > TestAuthority.Now.AddDays(1000));
        Assert.Matches("^[0-9a-f]{64}$", material.Fingerprint);
        Assert.Equal(chain, System.Text.Encoding.ASCII.GetString(material.ChainPem.Span));
        Assert.Equal(key, System.Text.Encoding.ASCII.GetString(material.KeyPem.Span));
    }

    [Fact]
    public void Key_forms_that_programs_write_are_read()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Assert.NotNull(CertificateMaterial.Read(_authority.Issue(["a.test"], key: ec).Certificate, ec.ExportECPrivateKeyPem(), out _));
        Assert.NotNull(CertificateMaterial.Read(_authority.Issue(["a.test"], key: rsa).Certificate, rsa.ExportRSAPrivateKeyPem(), out _));
        Assert.NotNull(CertificateMaterial.Read(_authority.Issue(["a.test"], key: rsa).Certificate, rsa.ExportPkcs8PrivateKeyPem(), out _));
    }

    [Fact]
    public void Certificate_and_key_in_one_text_are_read_as_both()
    {
        var (certificate, key) = _authority.Issue(["a.test"]);
        Assert.NotNull(CertificateMaterial.Read(certificate + "\n" + key, certificate + "\n" + key, out _));
        Assert.NotNull(CertificateMaterial.Read(key + "\n" + certificate, key + "\n" + certificate, out _));
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_its_reason()
    {
        var (certificate, key) = _authority.Issue(["a.test"]);
        var (other, otherKey) = _authority.Issue(["b.test"]);
        var root = _authority.Root.ExportCertificatePem();
        using var small = RSA.Create(1024);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var encrypted = ec.ExportEncryptedPkcs8PrivateKeyPem("pass", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        Refused("", key, ofKey: false, "no certificate in it");
        Refused(key, key, ofKey: false, "no certificate in it");
        Refused(certificate, otherKey, ofKey: true, "does not belong");
        Refused(certificate, certificate, ofKey: true, "is a certificate");
        Refused(certificate, encrypted, ofKey: true, "encrypted");
        Refused(certificate, "nonsense", ofKey: true, "no whole private key");
        Refused(certificate + "\n" + other, key, ofKey: false, "did not issue");
        Refused(root + "\n" + certificate, key, ofKey: false, "did not issue");
        Refused(_authority.Issue(["a.test"], key: small).Certificate, small.ExportPkcs8PrivateKeyPem(), ofKey: true, "1024 bits");
        Refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key, ofKey: false, "cannot be read");
    }

    [Fact]
    public void Text_cut_off_anywhere_is_never_taken_for_whole()
    {
        var (certificate, key) = _authority.Issue(["a.test"]);
        var chain = certificate + "\n" + _authority.Root.ExportCertificatePem();
        for (var length = 0; length < chain.Length; length += 7)
        {
            // Between two certificates a shorter chain is a whole one; nobody can tell.
            var whole = length >= certificate.Length && length <= certificate.Length + "\n-----BEGIN CERTIFICATE----".Length;
            Assert.Equal(whole, CertificateMaterial.Read(chain[..length], key, out var problem) is not null);
            Assert.Equal(whole, problem is null);
        }

        for (var length = 0; length < key.Length; length += 5)
        {
            Assert.Null(CertificateMaterial.Read(chain, key[..length], out var problem));
            Assert.True(problem!.OfKey);
        }
    }

    public void Dispose() => _authority.Dispose();

    private static void Refused(string chain, string key, bool ofKey, string message)
    {
        Assert.Null(CertificateMaterial.Read(chain, key, out var problem));
        Assert.Equal(ofKey, problem!.OfKey);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY-----\nM", problem.Message, StringComparison.Ordinal);
    }
}
