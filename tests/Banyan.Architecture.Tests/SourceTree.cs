using System.Xml.Linq;

namespace Banyan.Architecture.Tests;

/// <summary>A repository on disk, or one a test has made up. Rules see nothing else, so that each can be shown to fail.</summary>
internal sealed record SourceTree(IReadOnlyList<ProjectFile> Projects, IReadOnlyList<SourceFile> Files, IReadOnlyList<string> RootEntries)
{
    private static readonly string[] Generated = ["artifacts", "node_modules", "bin", "obj", ".git", ".banyan", "__pycache__"];

    /// <summary>The directory with Banyan.slnx above the running tests.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>This repository, read once.</summary>
    public static SourceTree Repository { get; } = Read();

    private static SourceTree Read()
    {
        var files = Walk(Root).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        return new(
            [.. files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => ProjectFile.Parse(f, XDocument.Load(Path.Combine(Root, f))))],
            [.. files.Select(f => new SourceFile(f, () => File.ReadAllText(Path.Combine(Root, f))))],
            [.. Directory.EnumerateFileSystemEntries(Root).Select(e => Path.GetFileName(e))]);
    }

    private static IEnumerable<string> Walk(string directory) =>
        Directory.EnumerateFiles(directory).Concat(Directory.EnumerateDirectories(directory).Where(d => !Generated.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Banyan.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("No Banyan.slnx above the tests.");
        }

        return directory;
    }
}
