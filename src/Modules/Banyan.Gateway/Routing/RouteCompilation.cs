using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Routing;

/// <summary>
/// Keeps what is declared and compiles what changed: routes that stayed the same keep their objects, and trees of hosts without a change are shared with the
/// table before. One writer at a time; the snapshots it gives are immutable.
/// </summary>
internal sealed class RouteCompilation(Func<ServiceName, ClusterState> clusterOf)
{
    private readonly Dictionary<RouteName, Known> _known = [];
    private readonly Dictionary<(string Host, string Path), RouteConflict[]> _clashes = [];
    private Dictionary<ByteText, PathNode> _exact = new(ByteKeys.Comparer);
    private Dictionary<ByteText, PathNode> _below = new(ByteKeys.Comparer);
    private PathNode? _any;
    private int _faulty;
    private int _lookAtFields;
    private int _round;
    private RouteSnapshot? _last;

    /// <summary>Makes these all there are, and gives the table of them.</summary>
    public RouteSnapshot Apply(IEnumerable<RouteEntry> entries)
    {
        // 1. What is new or other than before, and what is gone.
        _round++;
        var changed = new List<RouteEntry>();
        var seen = 0;
        foreach (var entry in entries)
        {
            var isKnown = _known.TryGetValue(entry.Name, out var known);
            if (!isKnown || !ReferenceEquals(known!.Entry.Spec, entry.Spec) || known.Entry.Order != entry.Order)
            {
                changed.Add(entry);
            }

            if (isKnown)
            {
                known!.Round = _round;
                seen++;
            }
        }

        if (changed.Count == 0 && seen == _known.Count && _last is { } same)
        {
            return same;
        }

        // 2. Old tables belong to readers: copied once, then changed in place.
        var edit = new object();
        _exact = new Dictionary<ByteText, PathNode>(_exact, ByteKeys.Comparer);
        _below = new Dictionary<ByteText, PathNode>(_below, ByteKeys.Comparer);
        if (seen < _known.Count)
        {
            foreach (var gone in _known.Values.Where(k => k.Round != _round).ToArray())
            {
                TakeOut(edit, gone);
                _known.Remove(gone.Entry.Name);
            }
        }

        foreach (var entry in changed)
        {
            Put(edit, entry);
        }

        return _last = new RouteSnapshot(_exact, _below, _any, Routes(), Conflicts(), _lookAtFields > 0);
    }

    private static bool LooksAtFields(Route route) =>
        route.Predicates.Headers.Length > 0 || route.Split is { Key.LooksAtFields: true } || route.HashOn is { LooksAtFields: true };

    private void Put(object edit, RouteEntry entry)
    {
        var counters = new RouteCounters();
        if (_known.TryGetValue(entry.Name, out var before))
        {
            counters = before.Counters;
            TakeOut(edit, before);
        }

        // Checked at apply; a store restored from elsewhere may hold anything.
        if (RouteRules.Check(entry.Spec) is [var fault, ..])
        {
            _known[entry.Name] = new Known(entry, null, new RouteConflict(entry.Name, null, $"{fault.Pointer}: {fault.Message}"), counters, _round);
            _faulty++;
            return;
        }

        var route = RouteCompiler.Compile(entry, clusterOf, counters);
        _known[entry.Name] = new Known(entry, route, null, counters, _round);
        _lookAtFields += LooksAtFields(route) ? 1 : 0;
        ChangePlaces(edit, route, place => place.With(route));
    }

    private void TakeOut(object edit, Known known)
    {
        if (known.Route is not { } route)
        {
            _faulty--;
            return;
        }

        _lookAtFields -= LooksAtFields(route) ? 1 : 0;
        ChangePlaces(edit, route, place => place.Without(route));
    }

    private void ChangePlaces(object edit, Route route, Func<RoutePlace, RoutePlace> change)
    {
        foreach (var host in route.Hosts.Count == 0 ? [string.Empty] : route.Hosts)
        {
            if (host.Length == 0)
            {
                _any = (_any ?? new PathNode(edit)).Edit(edit, route.Pattern, 0, Noted);
                continue;
            }

            var wildcard = host[0] == '*';
            var table = wildcard ? _below : _exact;
            var key = new ByteText(Encoding.ASCII.GetBytes(wildcard ? host[2..] : host));
            if ((table.GetValueOrDefault(key) ?? new PathNode(edit)).Edit(edit, route.Pattern, 0, Noted) is { } tree)
            {
                table[key] = tree;
            }
            else
            {
                table.Remove(key);
            }

            RoutePlace Noted(RoutePlace place) => Note(host, change(place));
        }

        RoutePlace Note(string host, RoutePlace place)
        {
            var key = (host, $"{route.Pattern.Ending} {string.Join('/', route.Pattern.Segments.Select(s => s is null ? "{}" : Encoding.ASCII.GetString(s)))}");
            var clashes = place.Count < 2 ? [] : place.Shadowed().Select(c => Conflict(host, c.Route, c.Holder)).ToArray();
            if (clashes.Length > 0)
            {
                _clashes[key] = clashes;
            }
            else
            {
                _clashes.Remove(key);
            }

            return place;
        }
    }

    private static RouteConflict Conflict(string host, Route route, Route holder) => new(
        route.Name, holder.Name, $"Route '{holder.Name}' takes all its requests for {(host.Length == 0 ? "every host" : $"host '{host}'")} with path '{route.Path}' already.");

    private Route[] Routes()
    {
        var routes = new Route[_known.Count - _faulty];
        var i = 0;
        foreach (var known in _known.Values)
        {
            if (known.Route is { } route)
            {
                routes[i++] = route;
            }
        }

        return routes;
    }

    private IReadOnlyList<RouteConflict> Conflicts() => _faulty == 0 && _clashes.Count == 0
        ? []
        : [.. _known.Values.Select(k => k.Fault).OfType<RouteConflict>().Concat(_clashes.Values.SelectMany(c => c)).OrderBy(c => c.Route.ToString(), StringComparer.Ordinal).ThenBy(c => c.Message, StringComparer.Ordinal)];

    private sealed class Known(RouteEntry entry, Route? route, RouteConflict? fault, RouteCounters counters, int round)
    {
        public RouteEntry Entry { get; } = entry;

        public Route? Route { get; } = route;

        public RouteConflict? Fault { get; } = fault;

        public RouteCounters Counters { get; } = counters;

        public int Round { get; set; } = round;
    }
}
