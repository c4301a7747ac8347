using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing;

/// <summary>
/// Holds the current <see cref="RouteSnapshot"/>. Readers take one reference and keep it for their request; <see cref="Replace"/> touches nothing a running
/// request uses: clusters and counters are carried over by name.
/// </summary>
internal sealed class RouteTable(ClusterTable clusters)
{
    private readonly Lock _writer = new();
    private readonly RouteCompilation _compilation = new(clusters.Get);
    private volatile RouteSnapshot? _current;

    /// <summary>The table to use now; null until the first one has been compiled.</summary>
    public RouteSnapshot? Current => _current;

    /// <summary>Compiles what differs from the table now, and swaps.</summary>
    public RouteSnapshot Replace(IEnumerable<RouteEntry> entries)
    {
        lock (_writer)
        {
            return _current = _compilation.Apply(entries);
        }
    }
}
