using System.Text;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Wire.Paths;
using Route = Banyan.Gateway.Routing.Route;

namespace Banyan.Gateway.Endpoints;

/// <summary>Says what the gateway would do with a request, from the same table that requests use.</summary>
internal sealed class RouteExplainer(RouteTable routes, GatewayOptions options, TimeProvider clock)
{
    private const int MostNear = 10;

    public ExplanationView Explain(AskedRequest asked)
    {
        var question = asked.Target.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? null : asked.Target[(question + 1)..];
        var table = routes.Current ?? RouteSnapshot.Empty;
        var raw = Encoding.Latin1.GetBytes(question < 0 ? asked.Target : asked.Target[..question]);
        var fault = PathNormaliser.Normalise(raw, new byte[raw.Length], new PathOptions { AllowEncodedSlash = options.AllowEncodedSlash }, out var normal);
        if (fault != PathFault.None)
        {
            return new ExplanationView(asked.Method, asked.Host, null, query, "refused", $"400: {PathFaults.Describe(fault).Words}", [], [], table.Count, null);
        }

        var path = Encoding.Latin1.GetString(normal);

        if (asked.Method is "CONNECT" or "TRACE")
        {
            return new ExplanationView(asked.Method, asked.Host, path, query, "refused", $"405: the gateway takes {asked.Method} from nobody.", [], [], table.Count, null);
        }

        var request = new RequestMatch
        {
            Method = Encoding.Latin1.GetBytes(asked.Method),
            Host = Encoding.Latin1.GetBytes(asked.Host),
            Path = normal,
            Query = Encoding.Latin1.GetBytes(query ?? string.Empty),
            Address = asked.Address,
            Fields = asked,
        };
        var candidates = RouteCandidate.Of(table, request);
        var chosen = table.Find(request);
        return new ExplanationView(
            asked.Method,
            RouteCandidate.HostOf(request),
            path,
            query,
            chosen switch { null => "no-route", { Redirect: not null } => "redirect", { Answer: not null } => "answer", _ => "service" },
            Because(table, candidates, chosen),
            [.. candidates.Select(c => View(c, chosen, candidates))],
            chosen is null ? [.. RouteCandidate.Near(table, request, MostNear).Select(n => new NearView(n.Route.Name.Domain, n.Route.Name.Name, n.Why))] : [],
            table.Count,
            chosen is null ? null : Decide(chosen, asked, request));
    }

    private string Because(RouteSnapshot table, IReadOnlyList<RouteCandidate> candidates, Route? chosen) => chosen switch
    {
        null when routes.Current is null => "503: this gateway has not read the table of routes yet. Ask again.",
        null when table.Count == 0 => "404: there are no routes. 'banyan apply' makes one.",
        null when candidates.Count == 0 => $"404: none of the {table.Count} routes takes this host with this path.",
        null => "404: routes take host and path, but none of them has all its conditions met.",
        _ => $"Route '{chosen.Tag}' is the first whose host, path and conditions all match.",
    };

    private static CandidateView View(RouteCandidate candidate, Route? chosen, IReadOnlyList<RouteCandidate> all)
    {
        var route = candidate.Route;
        var (verdict, because) = ReferenceEquals(route, chosen) ? ("chosen", "all its conditions are met")
            : candidate.Unmet is { } unmet ? ("condition-not-met", unmet)
            : ("not-asked", BehindWhom(candidate, all.First(c => ReferenceEquals(c.Route, chosen))));
        return new CandidateView(
            route.Name.Domain, route.Name.Name, candidate.Host.Length == 0 ? "*" : candidate.Host, route.Path, FormOf(route), verdict, because);
    }

    private static string BehindWhom(RouteCandidate behind, RouteCandidate chosen) =>
        $"'{chosen.Route.Tag}' goes first: "
        + (RoutePrecedence.CompareHosts(chosen.Host, behind.Host) != 0 ? "its host is more specific"
        : PathPattern.Compare(chosen.Route.Pattern, behind.Route.Pattern) != 0 ? "its path is more specific"
        : RoutePredicates.Compare(chosen.Route.Predicates, behind.Route.Predicates) != 0 ? "it has more conditions"
        : "it is older");

    private static string FormOf(Route route) => route.Pattern switch
    {
        { Ending: PathEnding.Regex } => "regex",
        var p when p.Text.Contains('{') => "template",
        { Ending: PathEnding.Whole } => "exact",
        _ => "prefix",
    };

    private DecisionView Decide(Route route, AskedRequest asked, in RequestMatch request)
    {
        var cluster = route.ClusterFor(request);
        var own = route.AnswersItself;
        return new DecisionView(
            route.Tag,
            own ? null : View(cluster.Name),
            own ? null : route.Target?.Apply(asked.Target) ?? asked.Target,
            own ? null : route.Host?.Text ?? asked.Host,
            Changes(route.RequestFields),
            Changes(route.ResponseFields),
            route.Split is { } split ? View(split, request) : null,
            route.HashOn?.Text,
            route.Mirror is { } mirror ? new MirrorView(View(mirror.Cluster.Name), mirror.BasisPoints / 100m, mirror.MaxInFlight) : null,
            route.Redirect is { } redirect ? new RedirectView(redirect.Status, redirect.Location(asked.Https, asked.Host, asked.Target)) : null,
            route.Answer is { } answer ? new AnswerView(answer.Status, answer.ContentType, answer.Body.Length) : null,
            own ? null : View(route.Timeouts),
            route.Retry is { } retry ? new RetryView(retry.Attempts, retry.On.ToString()) : null,
            own || cluster.Circuit.State == CircuitState.Closed ? null : $"{cluster.Circuit.State.ToString().ToLowerInvariant()}: {cluster.Circuit.Why}",
            own ? null : [.. cluster.Members.Select(View)]);
    }

    private TimeoutsView View(PhaseTimeouts times) => new(
        (times.Connect ?? options.ConnectTimeout).TotalMilliseconds,
        (times.ResponseHeader ?? options.ResponseHeaderTimeout).TotalMilliseconds,
        (times.Idle ?? options.ResponseIdleTimeout).TotalMilliseconds,
        times.Total?.TotalMilliseconds);

    private static ServiceView View(ServiceName name) => new(name.Domain, name.Service);

    private static SplitView View(TrafficSplit split, in RequestMatch request)
    {
        var found = split.Key.Read(request, out var key);
        var bucket = split.BucketOf(key);
        return new SplitView(
            split.Key.Text, found, split.Salt, bucket, split.PartOf(bucket), [.. split.Parts.Select(p => new SplitPartView(View(p.Cluster.Name), p.BasisPoints / 100m))], split.Cookie is not null);
    }

    private CandidateEndpointView View(ClusterMember member)
    {
        var health = member.Endpoint.Health;
        var state = member.State.ToString().ToLowerInvariant();
        var (eligible, because) = member.State != InstanceState.Up ? (false, member.Reason.Length > 0 ? $"{state}: {member.Reason}" : $"the registry says {state}")
            : health.IsEjected(clock.NowTicks()) ? (false, $"ejected: {health.Ejection!.Why}")
            : health.Returning ? (true, "back from an ejection, on trial")
            : member.Endpoint.IsRamping ? (true, "up, not at its full weight yet")
            : (true, "up");
        return new CandidateEndpointView(member.Endpoint.Id, member.Endpoint.Address, state, eligible, because);
    }

    private static List<string>? Changes(FieldChanges? changes) => changes is null
        ? null
        : [.. changes.Remove.Select(n => $"- {n}"), .. changes.Set.Select(l => $"= {l.Name}: {l.Value}"), .. changes.Add.Select(l => $"+ {l.Name}: {l.Value}")];
}
