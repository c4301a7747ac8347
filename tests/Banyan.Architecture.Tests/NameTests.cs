namespace Banyan.Architecture.Tests;

public sealed class NameTests
{
    [Fact]
    public void Names_say_something() => Rule.Holds(NameRules.Violations(SourceTree.Repository));

    [Theory]
    [InlineData("src/Banyan.Core/Thing.cs", "")]
    [InlineData("src/Banyan.Store/Common/Thing.cs", "")]
    [InlineData("src/Banyan.Store/Utils.cs", "")]
    [InlineData("src/Banyan.Shared/Banyan.Shared.csproj", "")]
    [InlineData("src/Banyan.Store/Thing.cs", "internal static class ThingHelper\n{\n}")]
    [InlineData("src/Banyan.Store/Thing.cs", "    private sealed record struct KeyUtil(int X);")]
    [InlineData("tests/Banyan.Store.Tests/Thing.cs", "public abstract partial class Helpers;")]
    public void Name_that_says_nothing_is_found(string path, string text) => Assert.Single(NameRules.Violations(new([], [SourceFile.Of(path, text)], [])));

    [Theory]
    [InlineData("internal sealed class CoreCount;")]
    [InlineData("internal sealed class Futile;")]
    [InlineData("// a class Helper would be bad")]
    public void Name_that_only_contains_such_a_word_is_not(string text) => Assert.Empty(NameRules.Violations(new([], [SourceFile.Of("src/Banyan.Store/Thing.cs", text)], [])));
}
