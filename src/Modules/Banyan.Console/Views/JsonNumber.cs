using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>Reads numbers of documents whose types the console does not know; what is not there or no number is null.</summary>
internal static class JsonNumber
{
    public static long? WholeOf(JsonNode? node, string field) => (node as JsonObject)?[field] is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    public static double? Of(JsonNode? node, string field) => (node as JsonObject)?[field] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;
}
