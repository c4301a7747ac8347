using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One recorded change.</summary>
public sealed record ChangeView
{
    public required string Key { get; init; }

    public required long Revision { get; init; }

    public required DateTimeOffset? At { get; init; }

    public required string Actor { get; init; }

    public required string Role { get; init; }

    public required string Address { get; init; }

    /// <summary>What was done, in the past tense.</summary>
    public required string Verb { get; init; }

    public required string Kind { get; init; }

    public required string Domain { get; init; }

    public required string Name { get; init; }

    public required string? Manager { get; init; }

    public required IReadOnlyList<FieldChange> Fields { get; init; }

    public string FullName => Domain.Length == 0 || Domain == "default" ? Name : $"{Domain}/{Name}";

    public string? Href => Kind switch
    {
        "Service" => $"/services/{Uri.EscapeDataString(Domain)}/{Uri.EscapeDataString(Name)}",
        "Route" => "/routes",
        "Instance" when Name.Split('/') is [var service, _] => $"/services/{Uri.EscapeDataString(Domain)}/{Uri.EscapeDataString(service)}",
        _ => null,
    };

    internal static ChangeView Of(string key, JsonObject record)
    {
        var actor = record["actor"];
        var (before, after) = (record["before"], record["after"]);
        return new ChangeView
        {
            Key = key,
            Revision = long.TryParse(JsonText.Of(record, "revision"), out var revision) ? revision : 0,
            At = JsonText.TimeOf(record, "at"),
            Actor = JsonText.Of(actor, "name") ?? "?",
            Role = JsonText.Of(actor, "role") ?? string.Empty,
            Address = JsonText.Of(actor, "address") ?? string.Empty,
            Verb = PastOf(JsonText.Of(record, "verb") ?? string.Empty, before is null, after is null),
            Kind = JsonText.Of(record, "kind") ?? string.Empty,
            Domain = JsonText.Of(record, "domain") ?? string.Empty,
            Name = JsonText.Of(record, "name") ?? "?",
            Manager = JsonText.Of(record, "manager"),
            Fields = FieldChange.Between(before, after),
        };
    }

    private static string PastOf(string verb, bool isNew, bool isGone) => verb switch
    {
        "delete" => "deleted",
        "rotate" => "rotated",
        "drain" => "drained",
        "deregister" => "removed",
        "status" => "reported",
        "create" or "apply" or "replace" or "patch" => isNew ? "created" : isGone ? "deleted" : "changed",
        _ => verb,
    };
}
