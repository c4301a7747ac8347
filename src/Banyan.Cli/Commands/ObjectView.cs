using System.Globalization;
using System.Text.Json.Nodes;

namespace Banyan.Cli.Commands;

/// <summary>Reads fields of an object that may or may not be there.</summary>
internal static class ObjectView
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) => At(node, path) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => other.ToJsonString(),
    };

    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(Text(node, path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static string Name(this JsonObject item) => Text(item, "metadata", "name") ?? "?";

    public static string? Domain(this JsonObject item) => Text(item, "metadata", "domain");

    public static string Joined(this JsonNode? node) => node is JsonArray list ? string.Join(",", list.Select(i => Text(i))) : Text(node) ?? string.Empty;

    public static IEnumerable<JsonObject> Conditions(this JsonObject item) => (At(item, "status", "conditions") as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>True when the condition is there and holds.</summary>
    public static bool Holds(this JsonObject item, string condition) =>
        item.Conditions().Any(c => string.Equals(c.Text("type"), condition, StringComparison.OrdinalIgnoreCase) && c.Text("holds") == "true");
}
