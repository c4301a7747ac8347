namespace Banyan.Gateway.Routing;

/// <summary>The routes of one host that take the same paths, in order of precedence. Immutable; the default value has none.</summary>
internal readonly struct RoutePlace
{
    // Nearly always the only one: it stands in the node itself, which is one fetch less than a list would be.
    private readonly Route? _first;
    private readonly Route[]? _more;

    private RoutePlace(ReadOnlySpan<Route> routes)
    {
        _first = routes.IsEmpty ? null : routes[0];
        _more = routes.Length < 2 ? null : routes[1..].ToArray();
    }

    public bool IsEmpty => _first is null;

    /// <summary>How many.</summary>
    public int Count => _first is null ? 0 : 1 + (_more?.Length ?? 0);

    /// <summary>The first route whose conditions the request meets.</summary>
    public Route? First(in RequestMatch request)
    {
        if (_first is null || _first.Predicates.Matches(request))
        {
            return _first;
        }

        foreach (var route in _more.AsSpan())
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
        if (_first is null || Takes(_first, request))
        {
            return _first;
        }

        foreach (var route in _more.AsSpan())
        {
            if (Takes(route, request))
            {
                return route;
            }
        }

        return null;

        static bool Takes(Route route, in RequestMatch request) => route.Predicates.Matches(request) && route.Pattern.Regex!.IsMatch(request.Path);
    }

    /// <summary>The place with a route more.</summary>
    public RoutePlace With(Route route)
    {
        Route[] routes = [.. All(), route];
        Array.Sort(routes, RoutePrecedence.WithinHost);
        return new RoutePlace(routes);
    }

    /// <summary>The place without a route.</summary>
    public RoutePlace Without(Route route) => new([.. All().Where(r => !ReferenceEquals(r, route))]);

    /// <summary>The routes that can never match here, each with the one before it that takes all its requests.</summary>
    public IEnumerable<(Route Route, Route Holder)> Shadowed()
    {
        var routes = All();
        for (var i = 1; i < routes.Length; i++)
        {
            var route = routes[i];
            if (routes.Take(i).FirstOrDefault(r => r.Pattern.Canonical == route.Pattern.Canonical && r.Predicates.Covers(route.Predicates)) is { } holder)
            {
                yield return (route, holder);
            }
        }
    }

    private Route[] All() => _first is null ? [] : [_first, .. _more ?? []];
}
