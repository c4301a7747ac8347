namespace Banyan.Gateway.Routing;

/// <summary>Which of two routes is asked first. A total order: no two routes are ever equal.</summary>
internal static class RoutePrecedence
{
    /// <summary>The order of the routes of one host: path, then methods, headers and query, then age, then name.</summary>
    public static readonly Comparison<Route> WithinHost = static (a, b) =>
    {
        var order = PathPattern.Compare(a.Pattern, b.Pattern);
        order = order != 0 ? order : RoutePredicates.Compare(a.Predicates, b.Predicates);
        order = order != 0 ? order : a.Order.CompareTo(b.Order);
        return order != 0 ? order : CompareNames(a.Name, b.Name);
    };

    /// <summary>The order of host patterns that take one host: exact, then the longer wildcard, then every host (empty).</summary>
    public static int CompareHosts(string a, string b)
    {
        var order = Rank(b).CompareTo(Rank(a));
        return order != 0 ? order : b.Length.CompareTo(a.Length);
    }

    public static int CompareNames(RouteName a, RouteName b)
    {
        var order = string.CompareOrdinal(a.Domain, b.Domain);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private static int Rank(string host) => host.Length == 0 ? 0 : host[0] == '*' ? 1 : 2;
}
