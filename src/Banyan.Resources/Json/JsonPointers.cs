using System.Text.Json.Nodes;

namespace Banyan.Resources.Json;

/// <summary>JSON pointers (RFC 6901) as strings, and what they lead to.</summary>
internal static class JsonPointers
{
    public static string Escape(string token) =>
        token.AsSpan().IndexOfAny('~', '/') < 0 ? token : token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public static string Child(string pointer, string token) => $"{pointer}/{Escape(token)}";

    /// <summary>The unescaped tokens of a pointer.</summary>
    public static string[] Tokens(string pointer) =>
        pointer.Length == 0 ? [] : [.. pointer[1..].Split('/').Select(t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    /// <summary>True when the first pointer leads to a place that contains the second one's.</summary>
    public static bool IsAncestor(string ancestor, string pointer) =>
        pointer.Length > ancestor.Length && pointer[ancestor.Length] == '/' && pointer.StartsWith(ancestor, StringComparison.Ordinal);

    /// <summary>True when both lead to the same place, or one to a part of the other.</summary>
    public static bool Related(string a, string b) => a == b || IsAncestor(a, b) || IsAncestor(b, a);

    /// <summary>What is at a pointer that passes only through objects; null when nothing is.</summary>
    public static JsonNode? Get(JsonNode? root, string pointer)
    {
        foreach (var token in Tokens(pointer))
        {
            root = root is JsonObject o && o.TryGetPropertyValue(token, out var next) ? next : null;
        }

        return root;
    }

    /// <summary>Sets a value; whatever stands in the way on the path becomes an object.</summary>
    public static void Set(JsonObject root, string pointer, JsonNode? value)
    {
        var tokens = Tokens(pointer);
        var at = root;
        foreach (var token in tokens[..^1])
        {
            if (at[token] is not JsonObject next)
            {
                at[token] = next = [];
            }

            at = next;
        }

        at[tokens[^1]] = value?.DeepClone();
    }

    /// <summary>Takes a value away, and objects that become empty by it down to (not including) the given depth.</summary>
    public static void Remove(JsonObject root, string pointer, int keepDepth)
    {
        var tokens = Tokens(pointer);
        var path = new List<JsonObject> { root };
        foreach (var token in tokens[..^1])
        {
            if (path[^1][token] is not JsonObject next)
            {
                return;
            }

            path.Add(next);
        }

        for (var i = tokens.Length - 1; i >= 0; i--)
        {
            path[i].Remove(tokens[i]);
            if (path[i].Count > 0 || i <= keepDepth)
            {
                return;
            }
        }
    }
}
