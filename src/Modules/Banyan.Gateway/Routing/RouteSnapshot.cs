using System.Text;

namespace Banyan.Gateway.Routing;

/// <summary>
/// All routes, compiled. Immutable; a change makes a new one that shares what did not change, and swaps one reference.
/// <code>
///                    exact host ─┐
///  host ─▶ hash ─▶ *.suffix    ──┼─▶ tree of segments ─▶ method, headers, query ─▶ Route ─▶ its actions and clusters
///         (longest first)        │   (see PathNode)
///                    any host  ──┘
/// </code>
/// Precedence among the routes that take a request: an exact host before a wildcard, a longer wildcard before a shorter one, a wildcard before no host at all;
/// then the path (<see cref="PathPattern.Compare"/>); then the conditions (<see cref="RoutePredicates.Compare"/>); then the older route. The host counts first: a
/// short path of the exact host wins over a long path of a wildcard. When no route of a host level takes the request, the next level is asked.
/// </summary>
internal sealed class RouteSnapshot
{
    public static readonly RouteSnapshot Empty = new(new Dictionary<ByteText, PathNode>(ByteKeys.Comparer), new Dictionary<ByteText, PathNode>(ByteKeys.Comparer), null, [], [], false);

    /// <summary>Longest host name DNS can carry in text.</summary>
    private const int MaxHost = 253;

    private readonly Dictionary<ByteText, PathNode>.AlternateLookup<ReadOnlySpan<byte>>? _exact;
    private readonly Dictionary<ByteText, PathNode>.AlternateLookup<ReadOnlySpan<byte>>? _below;
    private readonly PathNode? _any;
    private readonly Lazy<IReadOnlyList<Route>> _sorted;

    /// <summary>Takes finished tables; nobody may change them any more.</summary>
    internal RouteSnapshot(
        Dictionary<ByteText, PathNode> exact, Dictionary<ByteText, PathNode> below, PathNode? any, Route[] routes, IReadOnlyList<RouteConflict> conflicts, bool looksAtFields)
    {
        _exact = exact.Count > 0 ? exact.GetAlternateLookup<ReadOnlySpan<byte>>() : null;
        _below = below.Count > 0 ? below.GetAlternateLookup<ReadOnlySpan<byte>>() : null;
        _any = any;
        _sorted = new(() => [.. routes.OrderBy(r => r.Tag, StringComparer.Ordinal)]);
        Count = routes.Length;
        Conflicts = conflicts;
        LooksAtFields = looksAtFields;
    }

    /// <summary>The number of routes in the table.</summary>
    public int Count { get; }

    /// <summary>The routes in the table, by name.</summary>
    public IReadOnlyList<Route> Routes => _sorted.Value;

    /// <summary>Routes that another one takes all requests from at one of their hosts, and routes that cannot be compiled. The rest of such a route still works.</summary>
    public IReadOnlyList<RouteConflict> Conflicts { get; }

    /// <summary>True when some route looks at header fields, for matching or for a key; otherwise <see cref="RequestMatch.Fields"/> is never asked.</summary>
    public bool LooksAtFields { get; }

    /// <summary>Finds the route of a request; allocates nothing.</summary>
    public Route? Find(in RequestMatch request)
    {
        var received = HostName(request.Host);
        if (received.Length > MaxHost)
        {
            return _any?.Find(request.Path, request);
        }

        Span<byte> lower = stackalloc byte[MaxHost];
        Ascii.ToLower(received, lower, out var length);
        ReadOnlySpan<byte> host = lower[..length];
        if (_exact is { } exact && exact.TryGetValue(host, out var tree) && tree.Find(request.Path, request) is { } route)
        {
            return route;
        }

        if (_below is { } below)
        {
            // Longest suffix first: a.b.example asks for b.example, then example.
            for (var dot = host.IndexOf((byte)'.'); dot >= 0; dot = host.IndexOf((byte)'.'))
            {
                host = host[(dot + 1)..];
                if (below.TryGetValue(host, out tree) && tree.Find(request.Path, request) is { } wild)
                {
                    return wild;
                }
            }
        }

        return _any?.Find(request.Path, request);
    }

    /// <summary>The host without port and root dot.</summary>
    internal static ReadOnlySpan<byte> HostName(ReadOnlySpan<byte> host)
    {
        // In [::1]:80 the last colon is the port's only behind the bracket.
        var colon = host.LastIndexOf((byte)':');
        if (colon >= 0 && (host[0] != '[' || host[colon - 1] == ']'))
        {
            host = host[..colon];
        }

        return host.Length > 1 && host[^1] == '.' ? host[..^1] : host;
    }
}
