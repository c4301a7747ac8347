using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One route, with the endpoints it can reach now.</summary>
public sealed record RouteView
{
    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty = every host.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    public required string Path { get; init; }

    public required string ServiceDomain { get; init; }

    public required string Service { get; init; }

    /// <summary>What the gateway does itself, without a service: <c>redirect 308</c>, <c>answer 503</c>; null when a service answers.</summary>
    public required string? Own { get; init; }

    public required bool StripPrefix { get; init; }

    public required string? Timeout { get; init; }

    /// <summary>The service it leads to; null when there is none of that name.</summary>
    public required ServiceView? Target { get; init; }

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public int Healthy => Target?.UpCount ?? 0;

    public int Total => Target?.Instances.Count ?? 0;

    /// <summary>Why callers of this route get no answer; null when they do.</summary>
    public string? Problem =>
        Own is not null ? null
        : Target is null ? $"There is no service '{Service}' in domain '{ServiceDomain}'. Start it, or apply a route that leads elsewhere."
        : Total == 0 ? $"The service '{Service}' has no instances. Callers get 503 until one registers."
        : Healthy == 0 ? $"None of the {Total} instances of '{Service}' is up. Callers get 503."
        : null;

    internal static RouteView Of(string domain, string name, JsonObject document, Func<string, string, ServiceView?> find)
    {
        var spec = document["spec"] as JsonObject;
        // Of a split, the service that has the rest.
        var to = spec?["service"] ?? (spec?["split"]?["parts"] as JsonArray)?.LastOrDefault()?["service"];
        var service = to is JsonValue ? to.ToString() : JsonText.Of(to, "name") ?? "?";
        var serviceDomain = JsonText.Of(to, "domain") ?? domain;
        return new RouteView
        {
            Domain = domain,
            Name = name,
            Hosts = [.. (spec?["hosts"] as JsonArray ?? []).Select(h => h?.ToString() ?? string.Empty)],
            Path = JsonText.Of(spec, "pathExact") ?? JsonText.Of(spec, "pathTemplate") ?? JsonText.Of(spec, "pathRegex") ?? JsonText.Of(spec, "path") ?? "/",
            Own = spec?["redirect"] is { } redirect ? $"redirect {JsonText.Of(redirect, "status") ?? "302"}"
                : spec?["respond"] is { } answer ? $"answer {JsonText.Of(answer, "status")}"
                : null,
            ServiceDomain = serviceDomain,
            Service = service,
            StripPrefix = JsonText.Of(spec, "stripPrefix") == "true",
            Timeout = JsonText.Of(spec, "timeout"),
            Target = find(serviceDomain, service),
        };
    }
}
