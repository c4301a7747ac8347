namespace Banyan.Architecture.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public void Projects_refer_only_to_what_the_design_allows() => Rule.Holds(ReferenceRules.Violations(SourceTree.Repository));

    [Fact]
    public void Repository_is_really_read()
    {
        Assert.Contains(SourceTree.Repository.Projects, p => p.Name == "Banyan.Hosting" && p.References.Contains("Banyan.Contracts"));
        Assert.Contains(SourceTree.Repository.Projects, p => p.IsModule && p.References.Count > 0);
    }

    [Theory]
    [InlineData("src/Banyan.Contracts/Banyan.Contracts.csproj", "Banyan.Store")]
    [InlineData("src/Banyan.Store/Banyan.Store.csproj", "Banyan.Contracts")]
    [InlineData("src/Banyan.Resources/Banyan.Resources.csproj", "Banyan.Http")]
    [InlineData("src/Banyan.Http/Banyan.Http.csproj", "Banyan.Hosting")]
    [InlineData("src/Banyan.Grpc/Banyan.Grpc.csproj", "Banyan.Hosting")]
    [InlineData("src/Banyan.Hosting/Banyan.Hosting.csproj", "Banyan.Grpc")]
    [InlineData("src/Banyan.Store.Remote/Banyan.Store.Remote.csproj", "Banyan.Hosting")]
    [InlineData("src/Banyan.Store.Etcd/Banyan.Store.Etcd.csproj", "Banyan.Store.Remote")]
    [InlineData("src/Banyan.Client/Banyan.Client.csproj", "Banyan.Resources")]
    [InlineData("src/Banyan.Chassis/Banyan.Chassis.csproj", "Banyan.Hosting")]
    [InlineData("src/Banyan.Cli/Banyan.Cli.csproj", "Banyan.Hosting")]
    [InlineData("src/Modules/Banyan.Gateway/Banyan.Gateway.csproj", "Banyan.Registry")]
    [InlineData("src/Modules/Banyan.Gateway/Banyan.Gateway.csproj", "Banyan.Store.Remote")]
    [InlineData("src/Modules/Banyan.Storage/Banyan.Storage.csproj", "Banyan.Api")]
    [InlineData("src/Modules/Banyan.Console/Banyan.Console.csproj", "Banyan.Client")]
    public void Reference_the_design_forbids_is_found(string project, string reference)
    {
        var tree = new SourceTree([ProjectFile.Of(project, reference)], [], []);

        Assert.Contains(reference, Assert.Single(ReferenceRules.Violations(tree)), StringComparison.Ordinal);
    }

    [Fact]
    public void Project_without_a_rule_is_found() =>
        Assert.Single(ReferenceRules.Violations(new([ProjectFile.Of("src/Banyan.Novel/Banyan.Novel.csproj")], [], [])));

    [Fact]
    public void Storage_module_may_refer_to_engines() =>
        Assert.Empty(ReferenceRules.Violations(new([ProjectFile.Of("src/Modules/Banyan.Storage/Banyan.Storage.csproj", "Banyan.Store.Remote", "Banyan.Store.Etcd")], [], [])));
}
