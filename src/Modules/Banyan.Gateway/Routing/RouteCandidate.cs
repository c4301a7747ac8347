using System.Text;

namespace Banyan.Gateway.Routing;

/// <summary>A route that takes the host and path of a request, and whether it takes the request.</summary>
/// <param name="Route">The route.</param>
/// <param name="Host">Which of its hosts; empty = it takes every host.</param>
/// <param name="Unmet">The condition that does not hold, for people; null when all hold.</param>
internal sealed record RouteCandidate(Route Route, string Host, string? Unmet)
{
    /// <summary>
    /// All routes that take host and path, in order of precedence: the first one without <see cref="Unmet"/> is the one that <see cref="RouteSnapshot.Find"/> gives.
    /// Goes through the whole table; not for requests.
    /// </summary>
    public static IReadOnlyList<RouteCandidate> Of(RouteSnapshot table, in RequestMatch request)
    {
        var host = HostOf(request);
        var all = new List<RouteCandidate>();
        foreach (var route in table.Routes)
        {
            if (BestHost(route, host) is { } pattern && route.Pattern.Matches(request.Path))
            {
                all.Add(new RouteCandidate(route, pattern, Describe(route.Predicates, request)));
            }
        }

        all.Sort((a, b) => RoutePrecedence.CompareHosts(a.Host, b.Host) is not 0 and var order ? order : RoutePrecedence.WithinHost(a.Route, b.Route));
        return all;
    }

    /// <summary>Up to <paramref name="most"/> routes that take only the path, or only the host, of a request: what somebody may have meant.</summary>
    public static IReadOnlyList<(Route Route, string Why)> Near(RouteSnapshot table, in RequestMatch request, int most)
    {
        var host = HostOf(request);
        var near = new List<(Route, string)>();
        foreach (var route in table.Routes)
        {
            var takesHost = BestHost(route, host) is not null;
            var takesPath = route.Pattern.Matches(request.Path);
            if (near.Count < most && takesHost != takesPath)
            {
                near.Add((route, takesPath
                    ? $"takes the path, but of {(route.Hosts.Count == 1 ? "host" : "hosts")} {string.Join(", ", route.Hosts)}"
                    : $"takes the host, but path '{route.Path}'"));
            }
        }

        return near;
    }

    /// <summary>The host of a request in normal form.</summary>
    public static string HostOf(in RequestMatch request) => Encoding.Latin1.GetString(RouteSnapshot.HostName(request.Host)).ToLowerInvariant();

    private static string? BestHost(Route route, string host) => route.Hosts.Count == 0
        ? string.Empty
        : route.Hosts.Where(h => h == host || (h[0] == '*' && host.Length > h.Length - 1 && host.EndsWith(h[1..], StringComparison.Ordinal))).Order(Comparer<string>.Create(RoutePrecedence.CompareHosts)).FirstOrDefault();

    private static string? Describe(RoutePredicates predicates, in RequestMatch request) => predicates.Unmet(request) switch
    {
        null => null,
        FieldPredicate header when predicates.Headers.Contains(header) => $"header {header}: {FoundHeader(header, request)}",
        FieldPredicate parameter => $"query parameter {parameter}: {FoundParameter(parameter, request)}",
        _ => $"the method is {Encoding.Latin1.GetString(request.Method)}, not {string.Join(" or ", predicates.Methods.Select(Encoding.ASCII.GetString))}",
    };

    private static string FoundHeader(FieldPredicate header, in RequestMatch request) =>
        request.Fields is { } fields && fields.TryGetField(request.Head, header.Name, 0, out var value) ? $"the request has '{Encoding.Latin1.GetString(value)}'" : "the request has none";

    private static string FoundParameter(FieldPredicate parameter, in RequestMatch request)
    {
        var reader = new QueryReader(request.Query);
        while (reader.Next())
        {
            if (QueryReader.Unescape(reader.RawName, new byte[reader.RawName.Length]).SequenceEqual(parameter.Name))
            {
                return $"the request has '{Encoding.UTF8.GetString(QueryReader.Unescape(reader.RawValue, new byte[reader.RawValue.Length]))}'";
            }
        }

        return "the request has none";
    }
}
