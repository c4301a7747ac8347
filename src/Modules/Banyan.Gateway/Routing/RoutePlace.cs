namespace Banyan.Gateway.Routing;

/// <summary>The routes of one host that take the same paths, in order of precedence. Immutable.</summary>
internal sealed class RoutePlace
{
    private readonly Route[] _routes;

    // Nearly always the only one; beside the place in memory it is one fetch less.
    private readonly Route _first;

    private RoutePlace(Route[] routes)
    {
        _routes = routes;
        _first = routes[0];
    }

    public IReadOnlyList<Route> Routes => _routes;

    public Route? First(in RequestMatch request)
    {
        if (_first.Predicates.IsEmpty)
        {
            return _first;
        }

        foreach (var route in _routes)
        {
            if (route.Predicates.Matches(request))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>As <see cref="First"/>, where each route has a regular expression of its own.</summary>
    public Route? FirstByPath(in RequestMatch request)
    {
        foreach (var route in _routes)
        {
            if (route.Predicates.Matches(request) && route.Pattern.Regex!.IsMatch(request.Path))
            {
                return route;
            }
        }

        return null;
    }

    public static RoutePlace With(RoutePlace? place, Route route)
    {
        Route[] routes = place is null ? [route] : [.. place._routes, route];
        Array.Sort(routes, RoutePrecedence.WithinHost);
        return new RoutePlace(routes);
    }

    public static RoutePlace? Without(RoutePlace? place, Route route)
    {
        Route[] left = [.. (place?._routes ?? []).Where(r => !ReferenceEquals(r, route))];
        return left.Length == 0 ? null : new RoutePlace(left);
    }

    /// <summary>The routes that can never match here, each with the one before it that takes all its requests.</summary>
    public IEnumerable<(Route Route, Route Holder)> Shadowed()
    {
        for (var i = 1; i < _routes.Length; i++)
        {
            var route = _routes[i];
            if (_routes.Take(i).FirstOrDefault(r => r.Pattern.Canonical == route.Pattern.Canonical && r.Predicates.Covers(route.Predicates)) is { } holder)
            {
                yield return (route, holder);
            }
        }
    }
}
