using System.Text.RegularExpressions;

namespace Banyan.Architecture.Tests;

/// <summary>Every error code in the sources has its page, and every page its code.</summary>
internal static partial class ErrorPageRules
{
    private const string Pages = "docs/reference/errors/";

    public static IEnumerable<string> Unmatched(SourceTree tree)
    {
        var codes = tree.Files
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Declaration().Matches(file.Text).Select(match => match.Groups[1].Value))
            .ToHashSet();
        var pages = tree.Files.Where(file => file.Path.StartsWith(Pages, StringComparison.Ordinal)).ToDictionary(file => file.Path);
        foreach (var code in codes.Order())
        {
            if (!pages.Remove($"{Pages}{code.Replace('/', '-')}.md", out var page))
            {
                yield return $"{code} has no page in {Pages}.";
            }
            else if (!page.Text.StartsWith($"# {code}\n", StringComparison.Ordinal) || !page.Text.Contains("**What to do.**", StringComparison.Ordinal))
            {
                yield return $"{page.Path} does not begin with its code or does not say what to do.";
            }
        }

        foreach (var page in pages.Keys.Order())
        {
            yield return $"{page} is about a code that is in no source.";
        }
    }

    [GeneratedRegex("\"([a-z]+/[a-z-]+)\",\\s*ErrorKind\\.")]
    private static partial Regex Declaration();
}
