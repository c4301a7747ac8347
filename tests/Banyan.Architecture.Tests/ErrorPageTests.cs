namespace Banyan.Architecture.Tests;

public sealed class ErrorPageTests
{
    private const string Source = "new(\"store/full\", ErrorKind.Unavailable, \"The store is full\")";

    [Fact]
    public void Error_codes_and_pages_belong_together() => Rule.Holds(ErrorPageRules.Unmatched(SourceTree.Repository));

    [Fact]
    public void Code_without_a_page_is_found() =>
        Assert.Contains("store/full", Assert.Single(ErrorPageRules.Unmatched(new([], [SourceFile.Of("src/X/XErrors.cs", Source)], []))), StringComparison.Ordinal);

    [Fact]
    public void Page_without_a_code_is_found() =>
        Assert.Single(ErrorPageRules.Unmatched(new([], [SourceFile.Of("docs/reference/errors/store-full.md", "# store/full\n\n**What to do.** x")], [])));

    [Fact]
    public void Page_that_does_not_say_what_to_do_is_found() => Assert.Single(ErrorPageRules.Unmatched(new(
        [], [SourceFile.Of("src/X/XErrors.cs", Source), SourceFile.Of("docs/reference/errors/store-full.md", "# store/full\n\nIt is full.")], [])));
}
