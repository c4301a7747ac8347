using System.Text.RegularExpressions;

namespace Banyan.Architecture.Tests;

/// <summary>Files: how long, what they must not do, and what may lie at the root.</summary>
internal static partial class FileRules
{
    public const int MostLines = 600;

    /// <summary>Files that are longer, each with the reason.</summary>
    private static readonly Dictionary<string, string> Long = [];

    private static readonly string[] Root =
    [
        ".ci", ".editorconfig", ".git", ".gitattributes", ".gitignore", ".banyan", "artifacts", "banyan", "banyan.cmd", "Banyan.slnx", "bench", "CHANGELOG.md", "CONTRIBUTING.md", "deploy",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "docs", "eng", "global.json", "LICENSE", "nuget.config", "proto", "README.md", "samples", "src", "templates",
        "tests",
    ];

    // The waiting loop of the test library is the one place that lets time pass. A pause inside a service that a test talks to is not the test's own.
    private static readonly string[] MayWait = ["tests/Banyan.Testing/Eventually.cs", "tests/Banyan.Grpc.Tests/Echo/EchoService.cs"];

    public static IEnumerable<string> TooLong(SourceTree tree) =>
        from file in tree.Files
        where file.IsCode && !Long.ContainsKey(file.Path)
        let lines = file.Text.Count(c => c == '\n')
        where lines > MostLines
        select $"{file.Path} has {lines} lines, more than {MostLines}: split it, or list it here with the reason.";

    public static IEnumerable<string> Sleeping(SourceTree tree) =>
        from file in tree.Files
        where file.IsCode && file.Path.StartsWith("tests/", StringComparison.Ordinal) && !MayWait.Contains(file.Path) && !file.Path.StartsWith("tests/Banyan.Architecture.Tests/", StringComparison.Ordinal)
        from Match match in Sleep().Matches(file.Text)
        let line = file.Text[..match.Index].Count(c => c == '\n') + 1
        select $"{file.Path}:{line}: a test must not let time pass; wait for a condition (Eventually) or move a ManualClock.";

    public static IEnumerable<string> Strangers(SourceTree tree) =>
        tree.RootEntries.Except(Root).Select(e => $"{e} does not belong at the root; put it where its users look for it.");

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\s*\(|\bTask\s*\.\s*Delay\s*\((?!\s*(?:Timeout\.InfiniteTimeSpan|Timeout\.Infinite|-1)\b)[^;]*\bTimeProvider\.System\b|\bSpinWait\.SpinUntil\s*\(")]
    private static partial Regex Sleep();
}
