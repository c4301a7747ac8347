using System.Text.Json.Nodes;

namespace Banyan.Resources.Storage;

/// <summary>An object taken apart for writing.</summary>
internal sealed record StoredState(ResourceMetadata Metadata, JsonObject Spec, JsonNode? Status)
{
    /// <summary>What managers own, as one document: labels, annotations, owner and finalisers, and the spec.</summary>
    public JsonObject ToFields()
    {
        var metadata = new JsonObject();
        if (Metadata.Labels.Count > 0)
        {
            metadata["labels"] = Map(Metadata.Labels);
        }

        if (Metadata.Annotations.Count > 0)
        {
            metadata["annotations"] = Map(Metadata.Annotations);
        }

        if (Metadata.Owner is not null)
        {
            metadata["owner"] = Metadata.Owner;
        }

        if (Metadata.Finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. Metadata.Finalizers.Select(f => (JsonNode)f)]);
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = Spec.DeepClone() };
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> map)
    {
        var result = new JsonObject();
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            result[key] = value;
        }

        return result;
    }
}
