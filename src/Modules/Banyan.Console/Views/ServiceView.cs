using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One service: what its description says, and its instances.</summary>
public sealed record ServiceView
{
    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>False when instances registered for a service that nobody has described.</summary>
    public required bool Described { get; init; }

    public string? Description { get; init; }

    public string? Owner { get; init; }

    public string? System { get; init; }

    public string? Tier { get; init; }

    public string? Protocol { get; init; }

    public string? Check { get; init; }

    public IReadOnlyList<(string Domain, string Service)> Uses { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>By id.</summary>
    public required IReadOnlyList<InstanceView> Instances { get; init; }

    public string Href => $"/services/{Uri.EscapeDataString(Domain)}/{Uri.EscapeDataString(Name)}";

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public int UpCount => Instances.Count(i => i.Status == InstanceStatus.Up);

    public ServiceHealth Health =>
        Instances.Count == 0 ? ServiceHealth.Empty
        : UpCount == Instances.Count ? ServiceHealth.Up
        : UpCount == 0 ? ServiceHealth.Down
        : ServiceHealth.Degraded;

    /// <summary>The instances that are not up, worst and newest first.</summary>
    public IEnumerable<InstanceView> Troubled =>
        Instances.Where(i => i.Status != InstanceStatus.Up).OrderBy(i => i.Status).ThenByDescending(i => i.Since).ThenBy(i => i.Id, StringComparer.Ordinal);

    public string Versions => string.Join(", ", Instances.Select(i => i.Version).Where(v => v.Length > 0).Distinct().Order(StringComparer.Ordinal));

    internal static ServiceView Of(string domain, string name, JsonObject? document, IReadOnlyList<InstanceView> instances)
    {
        var spec = document?["spec"] as JsonObject;
        return new ServiceView
        {
            Domain = domain,
            Name = name,
            Described = document is not null,
            Description = JsonText.Of(spec, "description"),
            Owner = JsonText.Of(spec, "owner"),
            System = JsonText.Of(spec, "system"),
            Tier = JsonText.Of(spec, "tier"),
            Protocol = JsonText.Of(spec, "protocol"),
            Check = CheckText(spec?["check"] as JsonObject),
            Uses = [.. (spec?["uses"] as JsonArray ?? []).OfType<JsonObject>().Select(u => (JsonText.Of(u, "domain") ?? domain, JsonText.Of(u, "service") ?? "?"))],
            Labels = [.. (document?["metadata"]?["labels"] as JsonObject ?? []).Select(l => KeyValuePair.Create(l.Key, l.Value?.ToString() ?? string.Empty))],
            Instances = instances,
        };
    }

    private static string? CheckText(JsonObject? check)
    {
        if (check is null)
        {
            return null;
        }

        var probe = check["http"] is JsonObject http ? $"HTTP GET {JsonText.Of(http, "path") ?? "/healthz"}"
            : check["grpc"] is JsonObject ? "gRPC health"
            : check["tcp"] is JsonObject ? "TCP connect"
            : "check";
        return $"{probe} every {JsonText.Of(check, "interval") ?? "5s"}";
    }
}
