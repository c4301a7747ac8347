using System.Text.RegularExpressions;
using Banyan.Cli.Manifests;

namespace Banyan.Cli.Tests.Manifests;

public sealed partial class ManifestReaderTests
{
    public static TheoryData<string> Good => Files("good");

    public static TheoryData<string> Bad => Files("bad");

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_file_has_no_faults(string name)
    {
        var manifest = Read("good", name, out var faults);

        Assert.Empty(faults);
        Assert.NotNull(manifest);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_file_has_exactly_the_faults_it_names(string name)
    {
        var manifest = Read("bad", name, out var faults);

        Assert.Null(manifest);
        var expected = Expectation().Matches(File.ReadAllText(Path("bad", name)))
            .Select(m => (Place: m.Groups[1].Value, Code: m.Groups[2].Value, Text: m.Groups[3].Value))
            .ToArray();
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(e => $"{e.Place} {e.Code}").Order(), faults.Select(f => $"{f.Line}:{f.Column} {f.Code}").Order());
        foreach (var e in expected)
        {
            Assert.Contains(faults, f => $"{f.Line}:{f.Column}" == e.Place && f.Code == e.Code && f.Message.Contains(e.Text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_field_reaches_the_manifest()
    {
        var manifest = Read("good", "everything.yaml", out _)!;

        Assert.Equal(("orders", "shop", "team-checkout", "shop", "critical"), (manifest.Service, manifest.Domain, manifest.Owner, manifest.System, manifest.Tier));
        Assert.Equal("""{"http":{"path":"/healthz"},"interval":"500ms","timeout":"0.2s","rise":1,"fall":2}""", manifest.Listen.Check!.ToJsonString());
        Assert.Equal([new RouteSection("shop.example", "/orders", true), new RouteSection(null, "/o", false)], manifest.Routes);
        Assert.Equal([new ServiceReference("default", "catalog"), new ServiceReference("finance", "pricing")], manifest.Uses);
        Assert.Equal("50", manifest.Config["PAGE_SIZE"]);
        Assert.Equal(["dotnet", "bin/orders.dll", "--name", "two words"], manifest.Dev!.Run);
        Assert.Equal((3, true, "dotnet build"), (manifest.Dev.Instances, manifest.Dev.RegistersItself, manifest.Dev.Build));
        Assert.Equal("UTC", manifest.Dev.Environment["TZ"]);
    }

    [Fact]
    public void A_command_with_shell_signs_is_given_to_a_shell_whole()
    {
        var manifest = Read("good", "shell-and-aliases.yaml", out _)!;

        Assert.Equal(["/bin/sh", "-c", "cd app && exec node server.js"], manifest.Dev!.Run);
        Assert.False(manifest.Dev.RegistersItself);
    }

    [Fact]
    public void An_alias_that_grows_without_end_is_refused_quickly()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));
        var faults = new Banyan.Cli.Yaml.YamlFaults("bomb");

        var node = Assert.Single(Banyan.Cli.Yaml.YamlText.Parse(text, faults));
        Banyan.Cli.Yaml.YamlJson.FromYaml(node, faults);

        Assert.Equal("too-large", Assert.Single(faults.All).Code);
    }

    private static ServiceManifest? Read(string folder, string name, out IReadOnlyList<Banyan.Cli.Yaml.DocumentFault> faults) =>
        ManifestReader.Read(File.ReadAllText(Path(folder, name)), Path(folder, name), name, out faults);

    private static string Path(string folder, string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Manifests", folder, name);

    private static TheoryData<string> Files(string folder) =>
        new(Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "Manifests", folder), "*.yaml").Select(f => System.IO.Path.GetFileName(f)!).Order());

    [GeneratedRegex(@"^# expect (\d+:\d+) (\S+) (.*)$", RegexOptions.Multiline)]
    private static partial Regex Expectation();
}
