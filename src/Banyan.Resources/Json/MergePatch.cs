using System.Text.Json.Nodes;

namespace Banyan.Resources.Json;

/// <summary>JSON merge patch, RFC 7396 section 2.</summary>
internal static class MergePatch
{
    /// <summary>The target with the patch merged in; neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject o ? (JsonObject)o.DeepClone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }
}
