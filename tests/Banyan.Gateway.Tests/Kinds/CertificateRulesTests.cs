using Banyan.Gateway.Kinds;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Kinds;

public sealed class CertificateRulesTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void Certificate_with_its_key_is_valid_with_and_without_hosts()
    {
        var spec = Spec("shop.example", "*.pets.example");
        Assert.Empty(CertificateRules.Check(spec, TestAuthority.Now));
        Assert.Empty(CertificateRules.Check(spec with { Hosts = ["SHOP.example.", "a.pets.example", "*.pets.example"] }, TestAuthority.Now));
        Assert.Empty(CertificateRules.Check(new CertificateSpec { CertificateFile = "/etc/tls/a.pem", PrivateKeyFile = "/etc/tls/a.key", Hosts = ["a.test"] }, TestAuthority.Now));
    }

    [Fact]
    public void Each_fault_is_told_with_its_place()
    {
        var spec = Spec("shop.example");
        var (_, strange) = _authority.Issue(["b.test"]);
        Faults(new CertificateSpec(), ("/spec/certificate", "There is no certificate"));
        Faults(spec with { CertificateFile = "/a" }, ("/spec/certificateFile", "as text and as a file"));
        Faults(spec with { PrivateKey = null }, ("/spec/privateKey", "belong together"));
        Faults(spec with { PrivateKey = strange }, ("/spec/privateKey", "does not belong"));
        Faults(spec with { Certificate = spec.Certificate + spec.PrivateKey }, ("/spec/certificate", "private key in it"));
        Faults(spec with { Certificate = "x" }, ("/spec/certificate", "no certificate in it"));
        Faults(new CertificateSpec { CertificateFile = "a.pem" }, ("/spec/certificateFile", "not a full path"), ("/spec/privateKeyFile", "belong together"));
        Faults(
            spec with { Hosts = ["shop.example", "Shop.example", "other.example", "*.example", "https://x"] },
            ("/spec/hosts/1", "twice"),
            ("/spec/hosts/2", "it is for shop.example"),
            ("/spec/hosts/3", "not for '*.example'"),
            ("/spec/hosts/4", "not a host name"));
        Faults(Spec(), ("/spec/certificate", "no DNS names"));
        Assert.Empty(CertificateRules.Check(Spec() with { Default = true }, TestAuthority.Now));
    }

    [Fact]
    public void Expired_certificate_is_refused_with_its_date()
    {
        var (certificate, key) = _authority.Issue(["a.test"], to: TestAuthority.Now.AddDays(-1));
        Faults(new CertificateSpec { Certificate = certificate, PrivateKey = key }, ("/spec/certificate", "expired at"));
    }

    public void Dispose() => _authority.Dispose();

    private CertificateSpec Spec(params string[] names)
    {
        var (certificate, key) = _authority.Issue(names);
        return new CertificateSpec { Certificate = certificate, PrivateKey = key };
    }

    private static void Faults(CertificateSpec spec, params (string Pointer, string Message)[] expected)
    {
        var faults = CertificateRules.Check(spec, TestAuthority.Now);
        Assert.Equal(expected.Select(e => e.Pointer), faults.Select(f => f.Pointer));
        Assert.All(expected.Zip(faults), pair => Assert.Contains(pair.First.Message, pair.Second.Message, StringComparison.Ordinal));
    }
}
