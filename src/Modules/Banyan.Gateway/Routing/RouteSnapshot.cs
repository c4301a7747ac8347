using System.Collections.Frozen;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Routing;

/// <summary>
/// All routes, compiled. Immutable; a change makes a new one and swaps one reference.
/// <code>
///                    exact host ─┐
///  host ─▶ hash ─▶ *.suffix    ──┼─▶ path prefixes ─▶ Route ─▶ ClusterState ─▶ endpoints
///         (longest first)        │   (longest first)
///                    any host  ──┘
/// </code>
/// Precedence among the routes that match a request: an exact host before a wildcard, a longer wildcard before a shorter one, a wildcard before no host at all;
/// then the longest path. The host counts first: a short path of the exact host wins over a long path of a wildcard. When no path of a host level matches, the
/// next level is asked.
/// </summary>
internal sealed class RouteSnapshot
{
    public static readonly RouteSnapshot Empty = new([], [], FrozenDictionary<string, PathTable>.Empty, FrozenDictionary<string, PathTable>.Empty, null);

    private readonly FrozenDictionary<string, PathTable>.AlternateLookup<ReadOnlySpan<char>>? _exact;
    private readonly FrozenDictionary<string, PathTable>.AlternateLookup<ReadOnlySpan<char>>? _below;
    private readonly PathTable? _any;

    private RouteSnapshot(
        IReadOnlyList<Route> routes,
        IReadOnlyList<RouteConflict> conflicts,
        FrozenDictionary<string, PathTable> exact,
        FrozenDictionary<string, PathTable> below,
        PathTable? any)
    {
        Routes = routes;
        Conflicts = conflicts;
        _exact = exact.Count > 0 ? exact.GetAlternateLookup<ReadOnlySpan<char>>() : null;
        _below = below.Count > 0 ? below.GetAlternateLookup<ReadOnlySpan<char>>() : null;
        _any = any;
    }

    /// <summary>The routes in the table, by name.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>Claims that lost against an older route, and routes that cannot be compiled. The rest of such a route still works.</summary>
    public IReadOnlyList<RouteConflict> Conflicts { get; }

    /// <summary>Compiles a table. Routes that are not valid, and claims somebody older has, are left out and listed in <see cref="Conflicts"/>.</summary>
    public static RouteSnapshot Compile(IEnumerable<RouteEntry> entries, Func<ServiceName, ClusterState> clusterOf, Func<RouteName, RouteCounters> countersOf)
    {
        var routes = new List<Route>();
        var conflicts = new List<RouteConflict>();
        var claims = new Dictionary<(string Host, string Path), Route>();
        foreach (var entry in entries.OrderBy(e => e.Order).ThenBy(e => e.Name.Domain, StringComparer.Ordinal).ThenBy(e => e.Name.Name, StringComparer.Ordinal))
        {
            // Checked at apply; a store restored from elsewhere may hold anything.
            if (RouteRules.Check(entry.Spec) is [var fault, ..])
            {
                conflicts.Add(new RouteConflict(entry.Name, null, $"{fault.Pointer}: {fault.Message}"));
                continue;
            }

            var route = Compile(entry, clusterOf, countersOf);
            routes.Add(route);
            foreach (var host in route.Hosts.Count == 0 ? [string.Empty] : route.Hosts)
            {
                if (!claims.TryAdd((host, route.Path), route))
                {
                    var holder = claims[(host, route.Path)].Name;
                    conflicts.Add(new RouteConflict(entry.Name, holder, $"Route '{holder}' has {(host.Length == 0 ? "every host" : $"host '{host}'")} with path '{route.Path}' already."));
                }
            }
        }

        var hosts = claims
            .GroupBy(claim => claim.Key.Host, claim => claim.Value, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new PathTable(group), StringComparer.Ordinal);
        return new RouteSnapshot(
            [.. routes.OrderBy(r => r.Tag, StringComparer.Ordinal)],
            conflicts,
            hosts.Where(h => h.Key.Length > 0 && h.Key[0] != '*').ToFrozenDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase),
            hosts.Where(h => h.Key.Length > 0 && h.Key[0] == '*').ToFrozenDictionary(h => h.Key[2..], h => h.Value, StringComparer.OrdinalIgnoreCase),
            hosts.GetValueOrDefault(string.Empty));
    }

    /// <summary>Finds the route of a request; allocates nothing.</summary>
    /// <param name="host">The <c>Host</c> field as received, port and root dot allowed.</param>
    /// <param name="path">The path in normal form; see <see cref="RequestPath"/>.</param>
    public Route? Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path)
    {
        host = HostName(host);
        if (_exact is { } exact && exact.TryGetValue(host, out var table) && table.Find(path) is { } route)
        {
            return route;
        }

        if (_below is { } below)
        {
            // Longest suffix first: a.b.example asks for b.example, then example.
            for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.'))
            {
                host = host[(dot + 1)..];
                if (below.TryGetValue(host, out table) && table.Find(path) is { } wild)
                {
                    return wild;
                }
            }
        }

        return _any?.Find(path);
    }

    /// <summary>The host without port and root dot.</summary>
    internal static ReadOnlySpan<char> HostName(ReadOnlySpan<char> host)
    {
        // In [::1]:80 the last colon is the port's only behind the bracket.
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && (host[0] != '[' || host[colon - 1] == ']'))
        {
            host = host[..colon];
        }

        return host.Length > 1 && host[^1] == '.' ? host[..^1] : host;
    }

    private static Route Compile(RouteEntry entry, Func<ServiceName, ClusterState> clusterOf, Func<RouteName, RouteCounters> countersOf)
    {
        TimeSpan? timeout = entry.Spec.Timeout is { } text && RouteRules.TryParseDuration(text, out var parsed) ? parsed : null;
        var service = new ServiceName(entry.Spec.Service.Domain ?? entry.Name.Domain, entry.Spec.Service.Name);
        return new Route(
            entry.Name, RouteRules.HostsOf(entry.Spec), RouteRules.PathOf(entry.Spec), entry.Spec.StripPrefix, timeout, clusterOf(service), countersOf(entry.Name));
    }
}
