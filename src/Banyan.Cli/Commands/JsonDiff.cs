using System.Text.Json.Nodes;

namespace Banyan.Cli.Commands;

/// <summary>The difference of two objects, one line a value, by JSON pointer. What the server keeps for itself is left out.</summary>
internal static class JsonDiff
{
    private static readonly HashSet<string> ServersOwn = new(StringComparer.Ordinal)
    {
        "/status", "/metadata/revision", "/metadata/generation", "/metadata/uid", "/metadata/createdAt", "/metadata/managers", "/metadata/managedFields",
    };

    public static void Write(TextWriter to, JsonObject? before, JsonObject after, bool colour)
    {
        foreach (var (sign, line) in Lines(before, after))
        {
            var code = sign switch { '+' => "32", '-' => "31", _ => "33" };
            to.Write(colour ? $"\e[{code}m  {sign} {line}\e[0m\n" : $"  {sign} {line}\n");
        }
    }

    public static IEnumerable<(char Sign, string Line)> Lines(JsonNode? before, JsonNode? after, string pointer = "")
    {
        if (ServersOwn.Contains(pointer) || JsonNode.DeepEquals(before, after))
        {
            yield break;
        }

        if (before is JsonObject or null && after is JsonObject or null && (before ?? after) is JsonObject)
        {
            var names = ((JsonObject?)before ?? []).Select(p => p.Key).Union(((JsonObject?)after ?? []).Select(p => p.Key), StringComparer.Ordinal);
            foreach (var name in names)
            {
                var below = $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
                foreach (var line in Lines((before as JsonObject)?[name], (after as JsonObject)?[name], below))
                {
                    yield return line;
                }
            }
        }
        else if (before is null)
        {
            yield return ('+', $"{pointer}: {after!.ToJsonString()}");
        }
        else if (after is null)
        {
            yield return ('-', $"{pointer}: {before.ToJsonString()}");
        }
        else
        {
            yield return ('~', $"{pointer}: {before.ToJsonString()} → {after.ToJsonString()}");
        }
    }
}
