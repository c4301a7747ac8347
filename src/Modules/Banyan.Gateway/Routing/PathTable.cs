using System.Collections.Frozen;

namespace Banyan.Gateway.Routing;

/// <summary>The path prefixes of one host, longest match by whole segments: one hash look-up a segment boundary, from the longest prefix any route has.</summary>
internal sealed class PathTable
{
    private readonly FrozenDictionary<string, Route>.AlternateLookup<ReadOnlySpan<char>>? _prefixes;
    private readonly Route? _root;
    private readonly int _deepest;

    /// <summary>Builds the table; the paths of the routes must differ.</summary>
    public PathTable(IEnumerable<Route> routes)
    {
        var byPath = routes.ToDictionary(r => r.Path, StringComparer.Ordinal);
        byPath.Remove("/", out _root);
        _deepest = byPath.Keys.Select(p => RequestPath.CountSegments(p)).DefaultIfEmpty().Max();
        _prefixes = byPath.Count > 0 ? byPath.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>() : null;
    }

    public Route? Find(ReadOnlySpan<char> path)
    {
        if (_prefixes is not { } prefixes)
        {
            return _root;
        }

        for (var prefix = FirstSegments(path, _deepest); prefix.Length > 1; prefix = prefix[..prefix.LastIndexOf('/')])
        {
            if (prefixes.TryGetValue(prefix, out var route))
            {
                return route;
            }
        }

        return _root;
    }

    private static ReadOnlySpan<char> FirstSegments(ReadOnlySpan<char> path, int segments)
    {
        var at = 0;
        for (var i = 0; i < segments; i++)
        {
            var next = path[(at + 1)..].IndexOf('/');
            if (next < 0)
            {
                return path;
            }

            at += next + 1;
        }

        return path[..at];
    }
}
