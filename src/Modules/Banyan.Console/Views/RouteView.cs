using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One route, with the endpoints it can reach now.</summary>
public sealed record RouteView
{
    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty = every host.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>The path in the form it is declared in.</summary>
    public required string Path { get; init; }

    /// <summary>What else must fit: methods, header fields, query parameters.</summary>
    public required IReadOnlyList<string> Conditions { get; init; }

    /// <summary>Where requests go; empty for a route that answers by itself.</summary>
    public required IReadOnlyList<RouteTarget> Targets { get; init; }

    /// <summary>What divides the requests among <see cref="Targets"/>, for people; null when there is one.</summary>
    public required string? SplitBy { get; init; }

    /// <summary>Who gets copies of the requests; null when nobody does.</summary>
    public required RouteTarget? Mirror { get; init; }

    /// <summary>What the gateway answers by itself: a redirect or a fixed answer; null when a service answers.</summary>
    public required string? OwnAnswer { get; init; }

    public required bool StripPrefix { get; init; }

    public required string? Timeout { get; init; }

    /// <summary>What goes over it; null when the gateway is not in this process, or has not been asked yet.</summary>
    public required RouteTraffic? Traffic { get; init; }

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public int Healthy => Targets.Sum(t => t.Healthy);

    public int Total => Targets.Sum(t => t.Service?.Instances.Count ?? 0);

    /// <summary>Why callers of this route, or of a part of it, get no answer; null when they do.</summary>
    public string? Problem => Targets.Select(t => t.Problem).FirstOrDefault(p => p is not null) ?? Traffic?.Conflict;

    /// <summary>True when some of its callers get no answer for want of an instance.</summary>
    public bool Dead => Targets.Any(t => t.Problem is not null);

    /// <summary>True when the gateway lets some of its requests through to nobody, though there are instances.</summary>
    public bool CircuitOpen => Targets.Any(t => t.CircuitOpen);

    internal static RouteView Of(string domain, string name, JsonObject document, Func<string, string, (ServiceView? Service, ClusterView? Cluster)> find, RouteTraffic? traffic)
    {
        var spec = document["spec"] as JsonObject;
        var own = OwnAnswerOf(spec);
        return new RouteView
        {
            Domain = domain,
            Name = name,
            Hosts = [.. (spec?["hosts"] as JsonArray ?? []).Select(h => h?.ToString() ?? string.Empty)],
            Path = PathOf(spec),
            Conditions = [.. ConditionsOf(spec)],
            Targets = own is null ? [.. TargetsOf(domain, spec, find)] : [],
            SplitBy = own is null && spec?["split"] is JsonObject split ? SplitByOf(split) : null,
            Mirror = spec?["mirror"] is JsonObject mirror ? TargetOf(domain, mirror["service"], JsonText.Of(mirror, "share") ?? "100%", find) : null,
            OwnAnswer = own,
            StripPrefix = JsonText.Of(spec, "stripPrefix") == "true",
            Timeout = JsonText.Of(spec, "timeout"),
            Traffic = traffic,
        };
    }

    private static string PathOf(JsonObject? spec) =>
        JsonText.Of(spec, "pathExact") is { } exact ? $"= {exact}"
        : JsonText.Of(spec, "pathTemplate") is { } template ? template
        : JsonText.Of(spec, "pathRegex") is { } regex ? $"~ {regex}"
        : JsonText.Of(spec, "path") ?? "/";

    private static IEnumerable<string> ConditionsOf(JsonObject? spec)
    {
        if (spec?["methods"] is JsonArray { Count: > 0 } methods)
        {
            yield return string.Join(" ", methods.Select(m => m?.ToString()));
        }

        foreach (var (list, sign) in new[] { ("headers", ": "), ("query", "=") })
        {
            foreach (var condition in (spec?[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                var name = (sign == "=" ? "?" : string.Empty) + JsonText.Of(condition, "name");
                yield return JsonText.Of(condition, "exact") is { } exact ? $"{name}{sign}{exact}"
                    : JsonText.Of(condition, "prefix") is { } prefix ? $"{name}{sign}{prefix}…"
                    : JsonText.Of(condition, "regex") is { } regex ? $"{name}{sign}~ {regex}"
                    : $"{name} present";
            }
        }
    }

    private static string? OwnAnswerOf(JsonObject? spec) =>
        spec?["redirect"] is JsonObject redirect
            ? $"{JsonText.Of(redirect, "status") ?? "302"} to {string.Concat(JsonText.Of(redirect, "scheme") is { } scheme ? scheme + "://" : string.Empty, JsonText.Of(redirect, "host"), JsonText.Of(redirect, "path") ?? JsonText.Of(redirect, "prefix"))}"
        : spec?["respond"] is JsonObject respond ? $"{JsonText.Of(respond, "status")} from the gateway"
        : null;

    private static string SplitByOf(JsonObject split)
    {
        var key = JsonText.Of(split, "key") ?? "address";
        return key.StartsWith("cookie:", StringComparison.Ordinal)
            ? $"by cookie {key["cookie:".Length..]}{(JsonText.Of(split, "setCookie") == "true" ? ", given to new clients" : string.Empty)}"
            : $"by {key.Replace(":", " ", StringComparison.Ordinal)}";
    }

    private static IEnumerable<RouteTarget> TargetsOf(string domain, JsonObject? spec, Func<string, string, (ServiceView? Service, ClusterView? Cluster)> find)
    {
        if (spec?["split"] is JsonObject split)
        {
            foreach (var part in (split["parts"] as JsonArray ?? []).OfType<JsonObject>())
            {
                yield return TargetOf(domain, part["service"], JsonText.Of(part, "share") ?? "rest", find);
            }
        }
        else
        {
            yield return TargetOf(domain, spec?["service"], string.Empty, find);
        }
    }

    private static RouteTarget TargetOf(string domain, JsonNode? to, string share, Func<string, string, (ServiceView? Service, ClusterView? Cluster)> find)
    {
        var name = to is JsonValue ? to.ToString() : JsonText.Of(to, "name") ?? "?";
        var of = JsonText.Of(to, "domain") ?? domain;
        var (service, cluster) = find(of, name);
        return new RouteTarget(of, name, share, service, cluster);
    }
}
