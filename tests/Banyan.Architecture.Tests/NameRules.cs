using System.Text.RegularExpressions;

namespace Banyan.Architecture.Tests;

/// <summary>Names that say nothing: whatever is called so becomes a place where nobody looks for anything.</summary>
internal static partial class NameRules
{
    private static readonly string[] Banned = ["Core", "Common", "Shared", "Util", "Utils", "Utilities", "Helper", "Helpers"];

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(f => f.IsCode || f.Name.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            var parts = file.Path.Split('/').SelectMany(p => p.Split('.'));
            if (parts.FirstOrDefault(Banned.Contains) is { } part)
            {
                yield return $"{file.Path}: '{part}' says nothing; name what is in it.";
            }
        }

        foreach (var file in tree.Files.Where(f => f.IsCode))
        {
            foreach (var type in TypeDeclaration().Matches(file.Text).Select(m => m.Groups[1].Value))
            {
                var words = Word().Matches(type).Select(m => m.Value).ToList();
                if (Banned.Contains(type) || (words.Count > 0 && Banned.Contains(words[^1])))
                {
                    yield return $"{file.Path}: the type '{type}' says nothing; name what it does.";
                }
            }
        }
    }

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|static|sealed|abstract|partial|readonly|ref|file|unsafe)\s+)+(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
