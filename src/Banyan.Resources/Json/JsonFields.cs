using System.Text.Json.Nodes;

namespace Banyan.Resources.Json;

/// <summary>The view of a document as fields: leaves by pointer. Objects are walked into; lists, scalars and empty objects are leaves.</summary>
internal static class JsonFields
{
    /// <summary>All leaves below the top two levels' objects (<c>/spec</c>, <c>/metadata</c> and its maps are containers, never leaves).</summary>
    public static SortedDictionary<string, JsonNode> Leaves(JsonObject document)
    {
        var result = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        Walk(document, string.Empty, result);
        return result;
    }

    /// <summary>A copy in which no object has a member that is null: null and absent mean the same.</summary>
    public static JsonObject WithoutNulls(JsonObject source)
    {
        var result = new JsonObject();
        foreach (var (name, value) in source)
        {
            if (value is not null)
            {
                result[name] = Clean(value);
            }
        }

        return result;
    }

    /// <summary>Every leaf that differs, in order of the pointers.</summary>
    public static List<FieldChange> Diff(JsonObject? before, JsonObject? after)
    {
        var old = before is null ? [] : Leaves(before);
        var now = after is null ? [] : Leaves(after);
        var result = new List<FieldChange>();
        foreach (var pointer in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            old.TryGetValue(pointer, out var was);
            now.TryGetValue(pointer, out var value);
            if (!JsonNode.DeepEquals(was, value))
            {
                result.Add(new FieldChange(pointer, was?.DeepClone(), value?.DeepClone()));
            }
        }

        return result;
    }

    private static JsonNode Clean(JsonNode value) => value switch
    {
        JsonObject o => WithoutNulls(o),
        JsonArray a => new JsonArray([.. a.Select(item => item is null ? null : Clean(item))]),
        _ => value.DeepClone(),
    };

    private static void Walk(JsonObject at, string pointer, SortedDictionary<string, JsonNode> result)
    {
        foreach (var (name, value) in at)
        {
            var child = JsonPointers.Child(pointer, name);
            if (value is JsonObject { Count: > 0 } inner)
            {
                Walk(inner, child, result);
            }
            else if (value is not null && !(value is JsonObject && IsContainer(child)))
            {
                result[child] = value;
            }
        }
    }

    private static bool IsContainer(string pointer) => pointer is "/spec" or "/metadata" or "/metadata/labels" or "/metadata/annotations";
}
