namespace Banyan.Architecture.Tests;

/// <summary>Which project of <c>src</c> may refer to which: the drawing of the design as a table.</summary>
internal static class ReferenceRules
{
    private static readonly string[] ForModules = ["Banyan.Contracts", "Banyan.Hosting", "Banyan.Resources", "Banyan.Http", "Banyan.Grpc", "Banyan.Wire", "Banyan.Loops"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Banyan.Contracts"] = [],
        ["Banyan.Wire"] = [],
        ["Banyan.Loops"] = [],
        ["Banyan.Store"] = [],
        ["Banyan.Resources"] = ["Banyan.Store", "Banyan.Contracts"],
        ["Banyan.Http"] = ["Banyan.Resources", "Banyan.Contracts"],
        ["Banyan.Grpc"] = ["Banyan.Contracts"],
        ["Banyan.Hosting"] = ["Banyan.Contracts"],
        ["Banyan.Store.Remote"] = ["Banyan.Store", "Banyan.Contracts", "Banyan.Grpc"],
        ["Banyan.Store.Etcd"] = ["Banyan.Store", "Banyan.Contracts", "Banyan.Grpc"],
        ["Banyan.Client"] = ["Banyan.Contracts", "Banyan.Grpc"],
        ["Banyan.Chassis"] = ["Banyan.Client"],
        ["Banyan.Cli"] = ["Banyan.Client"],
        ["Banyan.Storage"] = [.. ForModules, "Banyan.Store", "Banyan.Store.Remote", "Banyan.Store.Etcd"],
    };

    /// <summary>Every reference that no rule allows.</summary>
    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach (var project in tree.Projects.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal) && p.Name != "Banyan"))
        {
            if (!Allowed.TryGetValue(project.Name, out var allowed))
            {
                if (!project.IsModule)
                {
                    yield return $"{project.Path}: no rule says what {project.Name} may refer to; add one here and to the design.";
                    continue;
                }

                allowed = ForModules;
            }

            foreach (var reference in project.References.Except(allowed))
            {
                yield return $"{project.Path} may not refer to {reference}; allowed: {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}";
            }
        }
    }
}
