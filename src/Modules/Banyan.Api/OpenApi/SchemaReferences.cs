using System.Text.Json.Nodes;

namespace Banyan.Api.OpenApi;

/// <summary>
/// The exporter writes a type that occurs twice in full once, and then refers to that place from the root of its own schema. In a document with many schemas
/// such a reference leads nowhere, so it is replaced by what it means.
/// </summary>
internal static class SchemaReferences
{
    /// <summary>Replaces every reference within the schema; one to a place around itself (a type that contains itself) is refused.</summary>
    /// <exception cref="InvalidOperationException">The type contains itself; give it a name of its own among the schemas.</exception>
    public static JsonNode WriteOut(JsonNode schema)
    {
        WriteOut(schema, schema, "#");
        return schema;
    }

    private static void WriteOut(JsonNode root, JsonNode? node, string place)
    {
        switch (node)
        {
            case JsonObject o:
                for (; (string?)(o["$ref"] as JsonValue) is { } pointer && pointer.StartsWith("#/properties/", StringComparison.Ordinal);)
                {
                    if (place == pointer || place.StartsWith(pointer + "/", StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException($"The schema contains itself at {place}; the description cannot write it out.");
                    }

                    o.Remove("$ref");
                    foreach (var (name, value) in At(root, pointer).AsObject())
                    {
                        o.TryAdd(name, value?.DeepClone());
                    }
                }

                foreach (var (name, value) in o.ToArray())
                {
                    WriteOut(root, value, $"{place}/{name}");
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    WriteOut(root, list[i], $"{place}/{i}");
                }

                break;
        }
    }

    private static JsonNode At(JsonNode root, string pointer) =>
        pointer[2..].Split('/').Aggregate(root, (node, part) => node[part] ?? throw new InvalidOperationException($"The schema's reference {pointer} leads nowhere."));
}
