using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing;

/// <summary>
/// Holds the current <see cref="RouteSnapshot"/>. Readers take one reference and keep it for their request; <see cref="Replace"/> is called by one writer at a
/// time and touches nothing a running request uses: clusters and counters are carried over by name.
/// </summary>
internal sealed class RouteTable(ClusterTable clusters)
{
    private readonly Lock _writer = new();
    private Dictionary<RouteName, RouteCounters> _counters = [];
    private volatile RouteSnapshot? _current;

    /// <summary>The table to use now; null until the first one has been compiled.</summary>
    public RouteSnapshot? Current => _current;

    /// <summary>Compiles and swaps.</summary>
    public RouteSnapshot Replace(IEnumerable<RouteEntry> entries)
    {
        lock (_writer)
        {
            var kept = new Dictionary<RouteName, RouteCounters>();
            var next = RouteSnapshot.Compile(entries, clusters.Get, name => kept[name] = _counters.GetValueOrDefault(name) ?? new RouteCounters());
            _counters = kept;
            _current = next;
            return next;
        }
    }
}
