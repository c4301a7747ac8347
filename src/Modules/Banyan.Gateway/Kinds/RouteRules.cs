using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Kinds;

/// <summary>What a valid route looks like, as pure functions: the kind's validator and the compiler both stand on them.</summary>
internal static class RouteRules
{
    /// <summary>Every fault of one spec, each with its place; empty when it is valid.</summary>
    public static List<Fault> Check(RouteSpec spec)
    {
        var faults = new List<Fault>();
        HostRules.Check(spec, faults);
        PathRules.Check(spec, faults);
        ConditionRules.Check(spec, faults);
        DestinationRules.Check(spec, faults);
        ActionRules.Check(spec, faults);
        return faults;
    }

    /// <summary>The hosts in the form routes are compared in: lower-case, without the root dot.</summary>
    public static IReadOnlyList<string> HostsOf(RouteSpec spec) => spec.Hosts is { Count: > 0 } hosts ? [.. hosts.Select(HostRules.Normal)] : [];

    /// <summary>Which paths a valid spec takes.</summary>
    public static PathPattern PatternOf(RouteSpec spec) => spec switch
    {
        { PathExact: { } exact } => PathPattern.Exact(exact),
        { PathTemplate: { } template } => PathPattern.Template(template),
        { PathRegex: { } regex } => PathPattern.Of(SafePattern.TryCreate(regex, out var why) ?? throw new ArgumentException(why, nameof(spec))),
        _ => PathPattern.Prefix(string.IsNullOrEmpty(spec.Path) ? "/" : spec.Path),
    };

    /// <summary>All services a spec names, each with its place.</summary>
    public static IEnumerable<(string Pointer, RouteService Service)> ServicesOf(RouteSpec spec)
    {
        if (spec.Service is { } service)
        {
            yield return ("/spec/service", service);
        }

        for (var i = 0; i < (spec.Split?.Parts.Count ?? 0); i++)
        {
            yield return ($"/spec/split/parts/{i}/service", spec.Split!.Parts[i].Service);
        }

        if (spec.Mirror is { } mirror)
        {
            yield return ("/spec/mirror/service", mirror.Service);
        }
    }

    /// <summary>Parses <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>; at least a millisecond, at most one hour.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration) =>
        DurationText.TryParse(text, out duration) && duration >= TimeSpan.FromMilliseconds(1) && duration <= TimeSpan.FromHours(1);

    /// <summary>Parses <c>5%</c> or <c>0.25%</c>: 0 to 100 with at most two decimals.</summary>
    /// <param name="text">The share as written.</param>
    /// <param name="basisPoints">Hundredths of a percent.</param>
    public static bool TryParseShare(string text, out int basisPoints)
    {
        basisPoints = 0;
        if (!text.EndsWith('%')
            || !decimal.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var percent)
            || percent > 100
            || percent * 100 != decimal.Truncate(percent * 100))
        {
            return false;
        }

        basisPoints = (int)(percent * 100);
        return true;
    }
}
