namespace Banyan.Architecture.Tests;

/// <summary>One file: its path from the root, with '/', and its text.</summary>
internal sealed class SourceFile(string path, Func<string> read)
{
    private string? _text;

    public string Path => path;

    public string Text => _text ??= read();

    public string Name => path[(path.LastIndexOf('/') + 1)..];

    public bool IsCode => path.EndsWith(".cs", StringComparison.Ordinal) && (path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal));

    public static SourceFile Of(string path, string text = "") => new(path, () => text);
}
