using Banyan.Cli.Manifests;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Manifests;

public sealed class ManifestFinderTests
{
    [Fact]
    public void Build_output_and_packages_are_not_searched()
    {
        using var tree = new TempDirectory();
        foreach (var place in new[] { "a", "a/bin", "a/obj", "node_modules/x", "artifacts", ".git", ".banyan", "deep/er" })
        {
            Directory.CreateDirectory(tree[place]);
            File.WriteAllText(System.IO.Path.Combine(tree[place], "banyan.yaml"), $"service: s{place.Length}\n");
        }

        var (manifests, faults) = ManifestFinder.ReadAll(tree.Path);

        Assert.Empty(faults);
        Assert.Equal([tree["a"], tree["deep/er"]], manifests.Select(m => m.Directory));
    }

    [Fact]
    public void Two_files_for_one_service_are_a_fault_that_names_both()
    {
        using var tree = new TempDirectory();
        foreach (var place in new[] { "a", "b" })
        {
            Directory.CreateDirectory(tree[place]);
            File.WriteAllText(System.IO.Path.Combine(tree[place], "banyan.yaml"), "service: pets\n");
        }

        var (_, faults) = ManifestFinder.ReadAll(tree.Path);

        var fault = Assert.Single(faults);
        Assert.Equal(("b/banyan.yaml", "duplicate"), (fault.File, fault.Code));
        Assert.Contains("a/banyan.yaml", fault.Message);
    }
}
