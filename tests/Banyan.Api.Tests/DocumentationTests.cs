using System.Runtime.CompilerServices;
using Banyan.Http;
using Banyan.Resources;

namespace Banyan.Api.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_error_code_has_a_page_that_says_what_to_do()
    {
        foreach (var error in ResourceErrors.All.Concat(HttpErrors.All).Concat(ApiErrors.All))
        {
            var page = File.ReadAllText(Path.Combine(Root(), "docs/reference/errors", error.Code.Replace('/', '-') + ".md"));
            Assert.StartsWith($"# {error.Code}\n\n{error.Title}", page, StringComparison.Ordinal);
            Assert.Contains("**What to do.**", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void List_of_errors_is_complete_and_codes_are_unlike()
    {
        foreach (var type in new[] { typeof(ResourceErrors), typeof(HttpErrors), typeof(ApiErrors) })
        {
            var fields = type.GetFields().Select(f => f.GetValue(null)).OfType<Banyan.Contracts.ErrorCode>().ToHashSet();
            var listed = (IReadOnlyList<Banyan.Contracts.ErrorCode>)type.GetProperty("All")!.GetValue(null)!;
            Assert.True(fields.SetEquals(listed));
            Assert.Equal(listed.Count, listed.DistinctBy(e => e.Code).Count());
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
