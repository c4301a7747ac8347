using System.Text.RegularExpressions;

namespace Banyan.Architecture.Tests;

/// <summary>Every module has the same shape, and the catalog names every module.</summary>
internal static partial class ModuleRules
{
    private const string Catalog = "src/Banyan/ModuleCatalog.cs";

    // File to the reason why its class is public all the same.
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["src/Modules/Banyan.Console/Pages/Region.cs"] = "Razor makes public classes of the pages, and a public class has a public base.",
    };

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        var catalog = tree.Files.FirstOrDefault(f => f.Path == Catalog)?.Text ?? string.Empty;
        foreach (var project in tree.Projects.Where(p => p.IsModule))
        {
            var folder = project.Path[..(project.Path.LastIndexOf('/') + 1)];
            var name = project.Name["Banyan.".Length..];
            var files = tree.Files.Where(f => f.Path.StartsWith(folder, StringComparison.Ordinal)).ToList();
            if (!files.Any(f => f.IsCode))
            {
                // A project that has no content yet.
                continue;
            }

            if (files.All(f => f.Path != $"{folder}README.md"))
            {
                yield return $"{folder}: README.md is missing (what it is, resources, options, metrics, log events, error codes, what it requires, when it is ready).";
            }

            if (files.All(f => f.Path != $"{folder}{name}Module.cs"))
            {
                yield return $"{folder}: {name}Module.cs is missing; it holds the module's one public class.";
            }

            if (!catalog.Contains($"new {name}Module(", StringComparison.Ordinal))
            {
                yield return $"{Catalog} does not list {name}Module.";
            }

            foreach (var file in files.Where(f => f.IsCode && !Exceptions.ContainsKey(f.Path)))
            {
                foreach (var type in PublicClass().Matches(file.Text).Select(m => m.Groups[1].Value).Where(t => !MayBePublic(t)))
                {
                    yield return $"{file.Path}: '{type}' is public; a module project shows only its module classes, their options and its kinds with their specs.";
                }
            }
        }
    }

    private static bool MayBePublic(string type) =>
        type.EndsWith("Module", StringComparison.Ordinal) || type.EndsWith("Options", StringComparison.Ordinal) || type.EndsWith("Kind", StringComparison.Ordinal)
        || type.EndsWith("Spec", StringComparison.Ordinal) || type.EndsWith("Status", StringComparison.Ordinal) || type.EndsWith("Errors", StringComparison.Ordinal);

    // Enums and records of a spec are part of the kind; classes with behaviour are not.
    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|partial|unsafe)\s+)*class\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicClass();
}
