namespace Banyan.Cli.Manifests;

/// <summary>Orders services so that what is used starts before its users.</summary>
internal static class StartOrder
{
    /// <summary>Depth first, ties by name. A cycle is allowed: it is cut at the edge that closes it, and reported.</summary>
    public static (IReadOnlyList<ServiceManifest> Order, IReadOnlyList<string> Notes) Of(IReadOnlyList<ServiceManifest> manifests)
    {
        var byName = manifests.ToDictionary(m => m.Reference);
        var order = new List<ServiceManifest>();
        var notes = new List<string>();
        var done = new HashSet<ServiceReference>();
        var path = new List<ServiceReference>();
        foreach (var manifest in manifests.OrderBy(m => m.Reference.ToString(), StringComparer.Ordinal))
        {
            Visit(manifest);
        }

        return (order, notes);

        void Visit(ServiceManifest manifest)
        {
            var cut = path.IndexOf(manifest.Reference);
            if (cut >= 0)
            {
                notes.Add($"{string.Join(" → ", path.Skip(cut).Append(manifest.Reference))} is a cycle: none of them can wait for the others, so they start in this order.");
                return;
            }

            if (!done.Contains(manifest.Reference))
            {
                path.Add(manifest.Reference);
                foreach (var used in manifest.Uses.OrderBy(u => u.ToString(), StringComparer.Ordinal))
                {
                    if (byName.TryGetValue(used, out var dependency))
                    {
                        Visit(dependency);
                    }
                    else
                    {
                        notes.Add($"{manifest.Reference} uses {used}, which no banyan.yaml here describes.");
                    }
                }

                path.RemoveAt(path.Count - 1);
                done.Add(manifest.Reference);
                order.Add(manifest);
            }
        }
    }
}
