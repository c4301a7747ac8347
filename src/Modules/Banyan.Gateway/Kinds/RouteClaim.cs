using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Kinds;

/// <summary>What a declared route takes, in the form claims are compared in.</summary>
internal sealed class RouteClaim
{
    private readonly PathPattern _pattern;
    private readonly RoutePredicates _predicates;

    private RouteClaim(IReadOnlyList<string> hosts, PathPattern pattern, RoutePredicates predicates)
    {
        Hosts = hosts;
        _pattern = pattern;
        _predicates = predicates;
    }

    /// <summary>In normal form; empty = every host.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>The claim of a spec; one that is not valid claims a place nobody else can have.</summary>
    public static RouteClaim Of(RouteSpec spec)
    {
        if (RouteRules.Check(spec).Count > 0)
        {
            return new RouteClaim(["invalid"], PathPattern.Exact("/ "), RoutePredicates.None);
        }

        return new RouteClaim(RouteRules.HostsOf(spec), RouteRules.PatternOf(spec), ConditionRules.PredicatesOf(spec));
    }

    /// <summary>Which paths, in normal form: only claims with the same can clash.</summary>
    public string Path => _pattern.Canonical;

    /// <summary>How this claim and another one with the same path clash where they share a host; null = they do not.</summary>
    /// <param name="other">The other claim.</param>
    /// <param name="otherIsOlder">Whether it wins when nothing else decides.</param>
    public RouteClash? ClashWith(RouteClaim other, bool otherIsOlder)
    {
        var order = RoutePredicates.Compare(_predicates, other._predicates);
        var theirsFirst = order == 0 ? otherIsOlder : order > 0;
        var covered = other._predicates.Covers(_predicates);
        var covers = _predicates.Covers(other._predicates);
        return covered && covers ? new RouteClash(_pattern.Text, RouteClashKind.Same)
            : covered && theirsFirst ? new RouteClash(_pattern.Text, RouteClashKind.Shadowed)
            : covers && !theirsFirst ? new RouteClash(_pattern.Text, RouteClashKind.Shadows)
            : null;
    }
}

/// <summary>How two routes clash.</summary>
internal enum RouteClashKind
{
    /// <summary>They take the same requests.</summary>
    Same,

    /// <summary>The other one takes all requests first.</summary>
    Shadowed,

    /// <summary>This one would take all requests of the other one first.</summary>
    Shadows,
}

/// <summary>A clash between two routes.</summary>
/// <param name="Path">The path both have, as this one writes it.</param>
/// <param name="Kind">Which of them loses.</param>
internal sealed record RouteClash(string Path, RouteClashKind Kind)
{
    /// <summary>A stable word for machines.</summary>
    public string Code => Kind == RouteClashKind.Same ? "duplicate" : "shadowed";

    /// <summary>What to tell people.</summary>
    public string Describe(string? host, string other)
    {
        var where = host is null ? $"path '{Path}' for every host" : $"host '{host}' with path '{Path}'";
        return Kind switch
        {
            RouteClashKind.Same => $"Route '{other}' has {where} and the same conditions already. Choose another host, path or condition, or change that route.",
            RouteClashKind.Shadowed => $"This route would never get a request: route '{other}' has {where} with conditions that all its requests meet, and goes first. Narrow that route, or remove one.",
            _ => $"Route '{other}' would never get a request any more: it has {where}, and all its requests meet this route's conditions first. Narrow this route, or remove that one.",
        };
    }
}
