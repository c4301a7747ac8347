using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing.Actions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Routing;

/// <summary>Turns a valid declaration into a <see cref="Route"/>.</summary>
internal static class RouteCompiler
{
    private const int DefaultMirrorsInFlight = 64;

    // Routes that answer themselves have a cluster too, so that nobody needs to ask whether there is one.
    private static readonly ClusterState Nowhere = new(
        new ServiceName(string.Empty, string.Empty), new ClusterContext(TimeProvider.System, string.Empty, 0, NullLogger.Instance));

    /// <summary>Compiles; the spec must have passed <see cref="RouteRules.Check"/>.</summary>
    public static Route Compile(RouteEntry entry, Func<ServiceName, ClusterState> clusterOf, RouteCounters counters)
    {
        var spec = entry.Spec;
        var pattern = RouteRules.PatternOf(spec);
        var split = spec.Split is { } s ? Split(entry.Name, s, Cluster) : null;
        return new Route
        {
            Name = entry.Name,
            Tag = entry.Name.ToString(),
            Hosts = RouteRules.HostsOf(spec),
            Pattern = pattern,
            Predicates = ConditionRules.PredicatesOf(spec),
            Order = entry.Order,
            Cluster = spec.Service is { } service ? Cluster(service) : split?.Parts[^1].Cluster ?? Nowhere,
            Split = split,
            Mirror = spec.Mirror is { } mirror ? new TrafficMirror(Cluster(mirror.Service), Share(mirror.Share ?? "100%"), mirror.MaxInFlight ?? DefaultMirrorsInFlight, entry.Name) : null,
            Target = spec.StripPrefix ? TargetRewrite.Prefix("/", pattern.Segments.Length) : Target(pattern, spec.Rewrite?.Path, spec.Rewrite?.Prefix),
            Host = spec.Rewrite?.Host is { } host ? new HostRewrite(host) : null,
            RequestFields = Fields(spec.RequestHeaders),
            ResponseFields = Fields(spec.ResponseHeaders),
            Redirect = spec.Redirect is { } to ? new RedirectAnswer(to.Status ?? 302, to.Scheme, to.Host, to.Port, Target(pattern, to.Path, to.Prefix)) : null,
            Answer = spec.Respond is { } answer
                ? new FixedAnswer(answer.Status, answer.ContentType ?? "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(answer.Body ?? string.Empty))
                : null,
            Timeouts = Timeouts(spec),
            Retry = spec.Retry is { } retry ? new RetryPolicy(retry.Attempts, ActionRules.RetriesOf(retry.On)) : null,
            HashOn = spec.HashOn is { } key ? KeySource.TryParse(key) : null,
            Counters = counters,
        };

        ClusterState Cluster(RouteService to) => clusterOf(new ServiceName(to.Domain ?? entry.Name.Domain, to.Name));
    }

    private static TrafficSplit Split(RouteName name, RouteSplit split, Func<RouteService, ClusterState> clusterOf)
    {
        var shares = DestinationRules.SharesOf(split);
        var key = KeySource.TryParse(split.Key ?? "address")!;
        return new TrafficSplit(key, split.Salt ?? name.ToString(), [.. split.Parts.Select((part, i) => new SplitPart(clusterOf(part.Service), shares[i]))])
        {
            Cookie = split.SetCookie == true ? new StickyCookie(key.CookieName!, DestinationRules.CookieAgeOf(split)) : null,
        };
    }

    private static TargetRewrite? Target(PathPattern pattern, string? path, string? prefix) =>
        path is not null ? TargetRewrite.Template(path, pattern) : prefix is not null ? TargetRewrite.Prefix(prefix, pattern.Segments.Length) : null;

    private static FieldChanges? Fields(RouteFieldChanges? changes) => changes is null ? null : new FieldChanges(
        [.. changes.Remove ?? []],
        [.. (changes.Set ?? new Dictionary<string, string>()).Select(f => new FieldLine(f.Key, f.Value))],
        [.. (changes.Add ?? new Dictionary<string, string>()).Select(f => new FieldLine(f.Key, f.Value))]);

    private static PhaseTimeouts Timeouts(RouteSpec spec) => spec is { Timeout: null, Timeouts: null }
        ? PhaseTimeouts.None
        : new PhaseTimeouts(
            Time(spec.Timeouts?.Connect), Time(spec.Timeouts?.ResponseHeader ?? spec.Timeout), Time(spec.Timeouts?.Idle), Time(spec.Timeouts?.Total));

    private static TimeSpan? Time(string? text) => text is not null && RouteRules.TryParseDuration(text, out var time) ? time : null;

    private static int Share(string text) => RouteRules.TryParseShare(text, out var share) ? share : 0;
}
