using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

[Collection("tls")]
public sealed class TlsCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void FromPemFiles_and_FromPfx_give_the_same_certificate_with_its_names()
    {
        using var directory = new TempDirectory();
        using var certificate = _authority.IssueX509(["pets.example", "*.pets.example", "10.0.0.1"]);
        File.WriteAllText(directory["chain.pem"], certificate.ExportCertificatePem() + "\n" + _authority.Pem);
        File.WriteAllText(directory["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var files = TlsCertificate.FromPemFiles(directory["chain.pem"], directory["key.pem"]);
        var pfx = TlsCertificate.FromPfx(certificate.Export(X509ContentType.Pkcs12, "secret"), "secret");

        foreach (var one in new[] { files, pfx })
        {
            Assert.Equal(["pets.example", "*.pets.example"], one.Hosts);
            Assert.Equal("CN=pets.example", one.Subject);
            Assert.Equal(certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256), one.Thumbprint);
            using var context = new TlsServerContext(new TlsServerOptions { Certificates = [one] });
        }
    }

    [Fact]
    public void FromPemFiles_of_a_missing_file_names_it()
    {
        using var directory = new TempDirectory();

        var error = Assert.Throws<LoopException>(() => TlsCertificate.FromPemFiles(directory["none.pem"], directory["none.key"]));

        Assert.StartsWith($"The certificate in '{directory["none.pem"]}' with the key in '{directory["none.key"]}' cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPfx_with_a_wrong_password_or_without_a_key_says_so()
    {
        using var certificate = _authority.IssueX509(["pets.example"]);
        var pfx = certificate.Export(X509ContentType.Pkcs12, "secret");
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);

        Assert.EndsWith("Check the file and its password.", Assert.Throws<LoopException>(() => TlsCertificate.FromPfx(pfx, "wrong")).Message, StringComparison.Ordinal);
        Assert.Equal(
            "The PFX has no certificate with a private key. Export it again with its key.",
            Assert.Throws<LoopException>(() => TlsCertificate.FromPfx(bare.Export(X509ContentType.Pkcs12), null)).Message);
    }

    [Fact]
    public void Context_with_the_key_of_another_certificate_is_refused()
    {
        using var one = _authority.IssueX509(["one.example"]);
        using var two = _authority.IssueX509(["two.example"]);
        var mixed = TlsCertificate.FromPem(one.ExportCertificatePem(), two.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var error = Assert.Throws<LoopException>(() => new TlsServerContext(new TlsServerOptions { Certificates = [mixed] }));

        Assert.Equal("The key is not that of the certificate 'CN=one.example': key values mismatch. Check the file it came from.", error.Message);
    }

    [Fact]
    public void Context_with_an_encrypted_key_is_refused_without_asking_anybody()
    {
        using var one = _authority.IssueX509(["one.example"]);
        var parameters = new System.Security.Cryptography.PbeParameters(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000);
        var sealedKey = TlsCertificate.FromPem(one.ExportCertificatePem(), one.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));

        var error = Assert.Throws<LoopException>(() => new TlsServerContext(new TlsServerOptions { Certificates = [sealedKey] }));

        Assert.StartsWith("The key of the certificate 'CN=one.example' is not an unencrypted private key in PEM: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Context_without_certificates_or_authorities_says_what_is_missing()
    {
        var none = new TlsServerOptions { Certificates = [] };
        var nobodyTrusted = new TlsServerOptions { Certificates = [_authority.Issue("a.example")], ClientCertificates = ClientCertificates.Required };
        var noAuthority = nobodyTrusted with { ClientAuthoritiesPem = "nothing of the kind" };

        Assert.StartsWith("A TLS listener needs a certificate.", Assert.Throws<LoopException>(() => new TlsServerContext(none)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Client certificates are asked for", Assert.Throws<LoopException>(() => new TlsServerContext(nobodyTrusted)).Message, StringComparison.Ordinal);
        Assert.StartsWith("The authorities hold no certificate in PEM", Assert.Throws<LoopException>(() => new TlsServerContext(noAuthority)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsSupported_is_true_where_OpenSsl_is_installed() => Assert.Equal((true, null), (TlsContext.IsSupported, TlsContext.MissingReason));
}
