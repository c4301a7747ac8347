using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One field that a change touched. <paramref name="Before"/> null = it was not there; <paramref name="After"/> null = it is gone.</summary>
public sealed record FieldChange(string Path, string? Before, string? After)
{
    // A change of any field changes these too; showing them would hide the field that was meant.
    private static readonly HashSet<string> Noise = ["apiVersion", "kind", "metadata.name", "metadata.domain", "metadata.uid", "metadata.revision", "metadata.generation", "metadata.createdAt"];

    /// <summary>The fields that differ between two documents, by path.</summary>
    public static IReadOnlyList<FieldChange> Between(JsonNode? before, JsonNode? after)
    {
        var old = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var now = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(before, string.Empty, old);
        Flatten(after, string.Empty, now);
        return
        [
            .. old.Keys.Union(now.Keys)
                .Where(p => !Noise.Contains(p))
                .Order(StringComparer.Ordinal)
                .Select(p => new FieldChange(p, old.GetValueOrDefault(p), now.GetValueOrDefault(p)))
                .Where(c => c.Before != c.After),
        ];
    }

    private static void Flatten(JsonNode? node, string path, SortedDictionary<string, string> into)
    {
        switch (node)
        {
            case null:
                break;
            case JsonObject { Count: > 0 } fields:
                foreach (var (name, value) in fields)
                {
                    Flatten(value, path.Length == 0 ? name : $"{path}.{name}", into);
                }

                break;
            case JsonArray { Count: > 0 } items:
                for (var i = 0; i < items.Count; i++)
                {
                    Flatten(items[i], $"{path}[{i}]", into);
                }

                break;
            case JsonValue value:
                into[path] = value.ToString();
                break;
            default:
                into[path.Length == 0 ? "(document)" : path] = node.ToJsonString();
                break;
        }
    }
}
