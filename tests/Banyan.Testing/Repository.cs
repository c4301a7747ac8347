namespace Banyan.Testing;

/// <summary>The source tree that the tests run from.</summary>
public static class Repository
{
    /// <summary>The tree's root directory.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or directory of the tree, or null when it does not exist.</summary>
    public static string? Find(string path)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) || Directory.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Banyan.slnx")))
            {
                return directory;
            }
        }

        throw new InvalidOperationException($"'{AppContext.BaseDirectory}' is not inside the source tree. Run the tests from it.");
    }
}
