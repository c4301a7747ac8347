using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Reads collections: an object with <c>items</c>, or the bare array.</summary>
internal static class JsonLists
{
    public static IEnumerable<JsonObject> Items(JsonNode answer) =>
        (answer as JsonArray ?? answer["items"] as JsonArray ?? []).OfType<JsonObject>();
}
