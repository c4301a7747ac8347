namespace Banyan.Architecture.Tests;

public sealed class ModuleTests
{
    private const string Module = "public sealed class RadioModule : IModule;";
    private const string Catalog = "[ new RadioModule() ]";

    [Fact]
    public void Modules_have_one_shape_and_are_in_the_catalog() => Rule.Holds(ModuleRules.Violations(SourceTree.Repository));

    [Fact]
    public void Module_of_the_right_shape_passes() => Assert.Empty(ModuleRules.Violations(Tree(Catalog, "README.md", "RadioModule.cs")));

    [Fact]
    public void Module_without_a_readme_is_found() => Assert.Contains("README.md", Assert.Single(ModuleRules.Violations(Tree(Catalog, "RadioModule.cs"))), StringComparison.Ordinal);

    [Fact]
    public void Module_without_its_class_is_found() => Assert.Contains("RadioModule.cs is missing", Assert.Single(ModuleRules.Violations(Tree(Catalog, "README.md", "Antenna.cs"))), StringComparison.Ordinal);

    [Fact]
    public void Module_that_the_catalog_forgets_is_found() =>
        Assert.Contains("does not list RadioModule", Assert.Single(ModuleRules.Violations(Tree("[ ]", "README.md", "RadioModule.cs"))), StringComparison.Ordinal);

    [Fact]
    public void Module_with_another_public_class_is_found()
    {
        var tree = Tree(Catalog, "README.md", "RadioModule.cs");
        tree = tree with { Files = [.. tree.Files, SourceFile.Of("src/Modules/Banyan.Radio/Antenna.cs", "public sealed class Antenna;")] };

        Assert.Contains("'Antenna' is public", Assert.Single(ModuleRules.Violations(tree)), StringComparison.Ordinal);
    }

    [Fact]
    public void Exception_is_for_its_file_only()
    {
        SourceFile[] both = [SourceFile.Of("src/Modules/Banyan.Console/Pages/Region.cs", "public abstract class Region;"), SourceFile.Of("src/Modules/Banyan.Console/Pages/Other.cs", "public class Other;")];
        var tree = new SourceTree(
            [ProjectFile.Of("src/Modules/Banyan.Console/Banyan.Console.csproj")],
            [
                SourceFile.Of("src/Banyan/ModuleCatalog.cs", "new ConsoleModule()"),
                SourceFile.Of("src/Modules/Banyan.Console/README.md", "text"),
                SourceFile.Of("src/Modules/Banyan.Console/ConsoleModule.cs", "public sealed class ConsoleModule : IModule;"),
                .. both,
            ],
            []);

        Assert.Contains("'Other' is public", Assert.Single(ModuleRules.Violations(tree)), StringComparison.Ordinal);
    }

    private static SourceTree Tree(string catalog, params string[] files) => new(
        [ProjectFile.Of("src/Modules/Banyan.Radio/Banyan.Radio.csproj")],
        [SourceFile.Of("src/Banyan/ModuleCatalog.cs", catalog), .. files.Select(f => SourceFile.Of($"src/Modules/Banyan.Radio/{f}", f == "RadioModule.cs" ? Module : "text"))],
        []);
}
