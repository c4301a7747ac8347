using Banyan.Cli.Yaml;

namespace Banyan.Cli.Manifests;

/// <summary>Finds and reads every <c>banyan.yaml</c> below a directory.</summary>
internal static class ManifestFinder
{
    public const string FileName = "banyan.yaml";

    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal) { "bin", "obj", ".git", "artifacts", "node_modules", ".banyan" };

    /// <summary>All manifests, in the order of their paths, and everything wrong with any of them.</summary>
    public static (IReadOnlyList<ServiceManifest> Manifests, IReadOnlyList<DocumentFault> Faults) ReadAll(string directory)
    {
        var manifests = new List<ServiceManifest>();
        var faults = new List<DocumentFault>();
        var seen = new Dictionary<ServiceReference, string>();
        foreach (var file in Files(directory).Order(StringComparer.Ordinal))
        {
            var shown = Path.GetRelativePath(directory, file);
            try
            {
                var manifest = ManifestReader.Read(File.ReadAllText(file), file, shown, out var found);
                faults.AddRange(found);
                if (manifest is null)
                {
                    continue;
                }

                if (seen.TryAdd(manifest.Reference, shown))
                {
                    manifests.Add(manifest);
                }
                else
                {
                    faults.Add(new DocumentFault(shown, 1, 1, $"The service '{manifest.Reference}' is already described by {seen[manifest.Reference]}. Give one of them another name.", "duplicate"));
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                faults.Add(new DocumentFault(shown, 1, 1, $"The file cannot be read: {unreadable.Message}", "unreadable"));
            }
        }

        return (manifests, faults);
    }

    private static IEnumerable<string> Files(string directory)
    {
        var here = Path.Combine(directory, FileName);
        if (File.Exists(here))
        {
            yield return here;
        }

        string[] below;
        try
        {
            below = Directory.GetDirectories(directory);
        }
        catch (UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var child in below)
        {
            // Links are not followed: they lead in circles, and out of the tree.
            if (!Skipped.Contains(Path.GetFileName(child)) && new DirectoryInfo(child).LinkTarget is null)
            {
                foreach (var file in Files(child))
                {
                    yield return file;
                }
            }
        }
    }
}
