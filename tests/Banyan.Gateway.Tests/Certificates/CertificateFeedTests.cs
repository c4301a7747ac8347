using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Tests.Support;
using Banyan.Resources;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Certificates;

public sealed class CertificateFeedTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TempDirectory _files = new();

    [Fact]
    public async Task Object_is_served_with_its_key_and_its_status_says_so()
    {
        await using var shelf = new CertificateShelf();
        await shelf.ApplyAsync("shop", Spec(_authority.Issue(["shop.example", "*.pets.example"])));
        await Eventually.True(() => shelf.Table.Current?.Find("shop.example") is not null, "the certificate to be served");

        Assert.Equal("default/shop", shelf.Table.Current!.Find("a.pets.example")!.Name);
        Assert.NotNull(shelf.Table.Current.Find("shop.example")!.Material.Context.TargetCertificate.GetECDsaPrivateKey());
        var status = await Eventually.Value(() => shelf.StatusAsync("shop"), "a status");
        Assert.Equal(["shop.example", "*.pets.example"], status.Names!);
        Assert.Equal(shelf.Table.Current.Find("shop.example")!.Material.Fingerprint, status.Fingerprint);
        Assert.True(status.InUse);
        Assert.Equal((1, "Ready", "Served", true), (status.ObservedGeneration, Assert.Single(status.Conditions!).Type, status.Conditions![0].Reason, status.Conditions[0].Holds));
    }

    [Fact]
    public async Task Change_of_an_object_swaps_and_its_deletion_takes_it_away()
    {
        await using var shelf = new CertificateShelf();
        await shelf.ApplyAsync("shop", Spec(_authority.Issue(["shop.example"])));
        await Eventually.True(() => shelf.Table.Current?.Find("shop.example") is not null, "the certificate to be served");
        var first = shelf.Table.Current!.Find("shop.example")!;

        await shelf.ApplyAsync("shop", Spec(_authority.Issue(["shop.example"])));
        await Eventually.True(() => shelf.Table.Current!.Find("shop.example")!.Material.Fingerprint != first.Material.Fingerprint, "the new one to be served");
        Assert.Same(first.Use, shelf.Table.Current!.Find("shop.example")!.Use);

        await shelf.Resources.DeleteAsync("certificates", new ResourceName("default", "shop"), WriteContext.System, default);
        await Eventually.True(() => shelf.Table.Current!.Find("shop.example") is null, "the certificate to be gone");
        Assert.Empty(shelf.Table.Sources);
    }

    [Fact]
    public async Task Status_written_by_the_feed_does_not_swap_the_table_again()
    {
        await using var shelf = new CertificateShelf();
        await shelf.ApplyAsync("shop", Spec(_authority.Issue(["shop.example"])));
        await Eventually.True(async () => shelf.Table.Current?.Version > 0 && await shelf.StatusAsync("shop") is not null, "a status");
        var version = shelf.Table.Current!.Version;
        var revision = (await shelf.Resources.GetAsync("certificates", new ResourceName("default", "shop"), default))!.Revision;

        await shelf.ApplyAsync("other", Spec(_authority.Issue(["other.example"])));
        await Eventually.True(async () => shelf.Table.Current!.Find("other.example") is not null && await shelf.StatusAsync("other") is not null, "the second");

        Assert.Equal(version + 1, shelf.Table.Current!.Version);
        Assert.Equal(revision, (await shelf.Resources.GetAsync("certificates", new ResourceName("default", "shop"), default))!.Revision);
    }

    [Fact]
    public async Task Files_are_read_again_when_they_change_and_what_is_torn_keeps_the_old()
    {
        await using var shelf = new CertificateShelf();
        var first = _authority.Issue(["shop.example"]);
        Write(first.Certificate, first.Key);
        await shelf.ApplyAsync("shop", new JsonObject { ["certificateFile"] = _files["tls.pem"], ["privateKeyFile"] = _files["tls.key"] });
        await Eventually.True(() => shelf.Table.Current?.Find("shop.example") is not null, "the files to be served");
        var old = shelf.Table.Current!.Find("shop.example")!.Material.Fingerprint;

        // 1. The new certificate is half written, and its key not yet.
        var second = _authority.Issue(["shop.example"]);
        File.WriteAllText(_files["tls.pem"], second.Certificate[..(second.Certificate.Length / 2)]);
        await shelf.LookUntilAsync(() => shelf.Table.Sources[0].Problem?.Contains("cut off", StringComparison.Ordinal) == true, "the torn file to be noticed");
        Assert.Equal(old, shelf.Table.Current!.Find("shop.example")!.Material.Fingerprint);

        // 2. The certificate is whole, the key still the old one.
        File.WriteAllText(_files["tls.pem"], second.Certificate);
        await shelf.LookUntilAsync(() => shelf.Table.Sources[0].Problem?.Contains("does not belong", StringComparison.Ordinal) == true, "the wrong key to be noticed");
        Assert.Equal(old, shelf.Table.Current!.Find("shop.example")!.Material.Fingerprint);
        var status = await Eventually.Value(async () => await shelf.StatusAsync("shop") is { Conditions: [{ Holds: false }] } s ? s : null, "the status to say so");
        Assert.Equal("BrokenKept", status.Conditions![0].Reason);
        Assert.True(status.InUse);

        // 3. The key has come, by a rename.
        File.WriteAllText(_files["tls.key.new"], second.Key);
        File.Move(_files["tls.key.new"], _files["tls.key"], overwrite: true);
        await shelf.LookUntilAsync(() => shelf.Table.Current!.Find("shop.example")!.Material.Fingerprint != old, "the whole files to be taken");
        Assert.Null(shelf.Table.Sources[0].Problem);

        // 4. Gone: the old stays, each state told once.
        File.Delete(_files["tls.pem"]);
        await shelf.LookUntilAsync(() => shelf.Log.Any(l => l.StartsWith("4021 ", StringComparison.Ordinal) && l.Contains("cannot be read", StringComparison.Ordinal)), "the missing file to be told");
        Assert.NotNull(shelf.Table.Sources[0].Problem);
        Assert.NotNull(shelf.Table.Current!.Find("shop.example"));
        var told = shelf.Log.Where(l => l.StartsWith("4021 ", StringComparison.Ordinal)).ToArray();
        Assert.True(told.Length >= 3, string.Join('\n', told));
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public async Task Files_of_the_options_are_the_default_until_an_object_is()
    {
        var (certificate, key) = _authority.Issue(["any.example"]);
        Write(certificate, key);
        await using var shelf = new CertificateShelf(new GatewayOptions { CertificateFile = _files["tls.pem"], PrivateKeyFile = _files["tls.key"] });
        await Eventually.True(() => shelf.Table.Current?.Default is not null, "the files to be served");
        Assert.Equal("gateway.certificateFile", shelf.Table.Current!.Default!.Name);

        var spec = Spec(_authority.Issue(["shop.example"]));
        spec["default"] = true;
        await shelf.ApplyAsync("shop", spec);
        await Eventually.True(() => shelf.Table.Current!.Default!.Name == "default/shop", "the object to be the default");
        Assert.Equal("gateway.certificateFile", shelf.Table.Current!.Find("any.example")!.Name);
    }

    [Fact]
    public async Task Certificate_that_soon_expires_is_told_once_a_day_and_then_as_expired()
    {
        await using var shelf = new CertificateShelf();

        // Two weeks before the end is a moment before the second day is over: the feed looks once between them, whenever it gets to it.
        await shelf.ApplyAsync("shop", Spec(_authority.Issue(["shop.example"], to: TestAuthority.Now.AddDays(16).AddSeconds(-1))));
        await Eventually.True(() => shelf.Table.Current?.Find("shop.example") is not null, "the certificate to be served");
        shelf.Clock.Advance(TimeSpan.FromDays(1));
        Assert.DoesNotContain(shelf.Log, l => l.StartsWith("4023", StringComparison.Ordinal));

        shelf.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.True(() => shelf.Log.Any(l => l.StartsWith("4023 ", StringComparison.Ordinal)), "a warning");
        Assert.Contains("'default/shop' expires in 13 days", shelf.Log.Single(l => l.StartsWith("4023 ", StringComparison.Ordinal)), StringComparison.Ordinal);

        shelf.Clock.Advance(TimeSpan.FromDays(14));
        await Eventually.True(() => shelf.Log.Any(l => l.StartsWith("4024 ", StringComparison.Ordinal)), "the expiry to be told");
        await Eventually.True(async () => (await shelf.StatusAsync("shop"))!.Conditions![0].Reason == "Expired", "the status to say so");
    }

    [Fact]
    public async Task Second_certificate_for_a_host_or_as_default_is_refused_at_apply()
    {
        await using var shelf = new CertificateShelf();
        var first = Spec(_authority.Issue(["shop.example", "www.example"]));
        first["default"] = true;
        await shelf.ApplyAsync("first", first);

        var second = Spec(_authority.Issue(["a.example", "www.example"]));
        second["default"] = true;
        var e = await Assert.ThrowsAsync<BanyanException>(() => shelf.ApplyAsync("second", second));
        Assert.Equal(["/spec/default", "/spec/hosts"], e.Faults.Select(f => f.Pointer));
        Assert.All(e.Faults, f => Assert.Contains("'default/first'", f.Message, StringComparison.Ordinal));

        second.Remove("default");
        second["hosts"] = new JsonArray("a.example");
        Assert.Equal(WriteOutcome.Created, (await shelf.ApplyAsync("second", second)).Outcome);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
    }

    private static JsonObject Spec((string Certificate, string Key) pem) => new() { ["certificate"] = pem.Certificate, ["privateKey"] = pem.Key };

    private void Write(string certificate, string key)
    {
        File.WriteAllText(_files["tls.pem"], certificate);
        File.WriteAllText(_files["tls.key"], key);
    }
}
