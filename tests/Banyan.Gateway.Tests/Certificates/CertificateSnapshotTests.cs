using Banyan.Gateway.Certificates;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Certificates;

public sealed class CertificateSnapshotTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly CertificateMaterial _material;

    public CertificateSnapshotTests()
    {
        var (certificate, key) = _authority.Issue(["any.test"]);
        _material = CertificateMaterial.Read(certificate, key, out _)!;
    }

    [Theory]
    [InlineData("shop.example", "exact")]
    [InlineData("SHOP.Example", "exact")]
    [InlineData("shop.example.", "exact")]
    [InlineData("pets.example", "wild")]
    [InlineData("a.pets.example", null)]
    [InlineData("a.deep.example", "deep")]
    [InlineData("example", null)]
    [InlineData("*.example", "wild")]
    [InlineData("other.test", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData(".example", null)]
    [InlineData("shop.", null)]
    public void Name_finds_the_exact_host_then_the_wildcard_one_label_above(string name, string? expected)
    {
        var table = CertificateSnapshot.Compile(1, [Entry("wild", "*.example"), Entry("exact", "shop.example"), Entry("deep", "*.deep.example")]);
        Assert.Equal(expected, table.Find(name)?.Name);
        Assert.Null(table.Default);
    }

    [Fact]
    public void Older_certificate_keeps_a_host_and_the_default_and_the_other_is_told_why()
    {
        var old = Entry("old", "a.test") with { Order = 1, Default = true };
        var late = new CertificateEntry("late", ["a.test", "b.test"], true, 2, _material, new CertificateUse());
        var table = CertificateSnapshot.Compile(1, [late, old]);

        Assert.Equal("old", table.Find("a.test")!.Name);
        Assert.Equal("late", table.Find("b.test")!.Name);
        Assert.Equal("old", table.Default!.Name);
        Assert.Equal([("late", "old"), ("late", "old")], table.Conflicts.Select(c => (c.Certificate, c.Holder)));
    }

    [Fact]
    public void Certificate_of_the_options_gives_way_without_a_word()
    {
        var option = Entry("option", "a.test") with { Order = CertificateEntry.Last, Default = true };
        Assert.Equal("option", CertificateSnapshot.Compile(1, [option]).Default!.Name);

        var table = CertificateSnapshot.Compile(2, [option, Entry("real", "a.test") with { Default = true }]);
        Assert.Equal("real", table.Find("a.test")!.Name);
        Assert.Equal("real", table.Default!.Name);
        Assert.Empty(table.Conflicts);
        Assert.False(table.Uses(option));
    }

    [Fact]
    public void Table_shows_certificates_only_once_they_can_be_served()
    {
        var table = new CertificateTable();
        CertificateSnapshot? served = null;
        table.Replacing += next =>
        {
            Assert.Null(table.Current);
            served = next;
        };

        Assert.Same(table.Replace([Declared.Certificate("shop", _authority.Issue(["shop.example"]))]), served);
        Assert.Same(served, table.Current);
    }

    public void Dispose() => _authority.Dispose();

    private CertificateEntry Entry(string name, string host) => new(name, [host], false, 1, _material, new CertificateUse());
}
