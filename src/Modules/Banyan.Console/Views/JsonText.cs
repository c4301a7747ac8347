using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>Reads documents of kinds whose types the console does not know, without trusting their form.</summary>
internal static class JsonText
{
    public static string? Of(JsonNode? node, string field) => (node as JsonObject)?[field] is JsonValue value ? value.ToString() : null;

    public static DateTimeOffset? TimeOf(JsonNode? node, string field) =>
        Of(node, field) is { } text && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;
}
