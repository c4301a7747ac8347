using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Json;

namespace Banyan.Resources.Writing;

/// <summary>
/// Which manager owns which fields of an object, and what an apply does with them. Pure; never changes, every step gives a new value. A field may have several
/// owners as long as all want the same value.
/// </summary>
internal sealed class FieldOwners
{
    private readonly SortedDictionary<string, SortedSet<string>> _fields;

    private FieldOwners(SortedDictionary<string, SortedSet<string>> fields) => _fields = fields;

    /// <summary>Nobody owns anything.</summary>
    public static FieldOwners None { get; } = new(new(StringComparer.Ordinal));

    public IReadOnlyDictionary<string, IReadOnlyList<string>> View => _fields.ToDictionary(p => p.Key, IReadOnlyList<string> (p) => [.. p.Value]);

    public static FieldOwners Read(ReadOnlySpan<byte> stored)
    {
        var result = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (manager, pointers) in JsonSerializer.Deserialize(stored, ResourceJson.Default.DictionaryStringStringArray)!)
        {
            result[manager] = new SortedSet<string>(pointers, StringComparer.Ordinal);
        }

        return new FieldOwners(result);
    }

    public byte[] Write() =>
        JsonSerializer.SerializeToUtf8Bytes(_fields.ToDictionary(p => p.Key, p => p.Value.ToArray()), ResourceJson.Default.DictionaryStringStringArray);

    public bool Owns(string manager, string pointer) => _fields.TryGetValue(manager, out var fields) && fields.Contains(pointer);

    public bool SameAs(FieldOwners other) =>
        _fields.Count == other._fields.Count && _fields.All(p => other._fields.TryGetValue(p.Key, out var fields) && fields.SetEquals(p.Value));

    /// <summary>Step 1 of an apply: the live fields with the intent laid over them, less what the manager said before and says no longer.</summary>
    public JsonObject Merge(string manager, JsonObject live, JsonObject intent)
    {
        var wanted = JsonFields.Leaves(intent);
        var result = (JsonObject)live.DeepClone();
        // A field related to a wanted one needs no removal: setting the wanted one replaces it or goes below it.
        foreach (var dropped in (_fields.GetValueOrDefault(manager) ?? []).Where(p => !wanted.Keys.Any(w => JsonPointers.Related(p, w))))
        {
            if (!Others(manager).Any(o => o.Fields.Any(f => f == dropped || JsonPointers.IsAncestor(dropped, f))))
            {
                JsonPointers.Remove(result, dropped, keepDepth: 0);
            }
        }

        foreach (var (pointer, value) in wanted)
        {
            // An empty object says "be there": it must not wipe out what others put into it.
            if (!(value is JsonObject && JsonPointers.Get(result, pointer) is JsonObject))
            {
                JsonPointers.Set(result, pointer, value);
            }
        }

        result["metadata"] ??= new JsonObject();
        result["spec"] ??= new JsonObject();
        return result;
    }

    /// <summary>Step 2: fields of other managers that would get another value. <paramref name="next"/> is the merged document after defaults.</summary>
    public IReadOnlyList<(string Manager, string Pointer)> Conflicts(string manager, JsonObject live, JsonObject next, JsonObject intent)
    {
        var wanted = JsonFields.Leaves(intent).Keys.ToArray();
        return
        [
            .. from other in Others(manager)
               from field in other.Fields
               where wanted.Any(w => JsonPointers.Related(w, field)) && Differs(JsonPointers.Get(live, field), JsonPointers.Get(next, field))
               orderby field, other.Manager
               select (other.Manager, field),
        ];
    }

    /// <summary>Step 3: who owns what afterwards. Fields taken over by force leave their owners.</summary>
    public FieldOwners AfterApply(string manager, JsonObject live, JsonObject next, JsonObject intent)
    {
        var result = Copy();
        foreach (var (other, pointer) in Conflicts(manager, live, next, intent))
        {
            result[other].Remove(pointer);
        }

        result[manager] = new SortedSet<string>(JsonFields.Leaves(intent).Keys, StringComparer.Ordinal);
        return Clean(result);
    }

    /// <summary>After a replace or a patch: the manager owns what it changed; what it took away nobody owns.</summary>
    public FieldOwners AfterWrite(string manager, JsonObject? live, JsonObject next)
    {
        var result = Copy();
        foreach (var change in JsonFields.Diff(live, next))
        {
            foreach (var fields in result.Values)
            {
                fields.RemoveWhere(f => f == change.Pointer || JsonPointers.IsAncestor(change.Pointer, f));
            }

            if (change.After is not null)
            {
                if (!result.TryGetValue(manager, out var mine))
                {
                    result[manager] = mine = new SortedSet<string>(StringComparer.Ordinal);
                }

                mine.Add(change.Pointer);
            }
        }

        return Clean(result);
    }

    /// <summary>One fault a conflicting field, naming its owner.</summary>
    public static IReadOnlyList<Fault> ToFaults(IEnumerable<(string Manager, string Pointer)> conflicts, JsonObject live) =>
    [
        .. conflicts.Select(c => new Fault(
            c.Pointer,
            $"'{c.Manager}' owns this field and set it to {Shown(JsonPointers.Get(live, c.Pointer))}. Leave it out, set the same value, or apply with force to take it over.",
            "owned")),
    ];

    private static string Shown(JsonNode? value) => value?.ToJsonString() is not { } text ? "nothing" : text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");

    private static bool Differs(JsonNode? live, JsonNode? next) => live is JsonObject { Count: 0 } ? next is not JsonObject : !JsonNode.DeepEquals(live, next);

    private IEnumerable<(string Manager, SortedSet<string> Fields)> Others(string manager) => _fields.Where(p => p.Key != manager).Select(p => (p.Key, p.Value));

    private SortedDictionary<string, SortedSet<string>> Copy()
    {
        var result = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (manager, fields) in _fields)
        {
            result[manager] = new SortedSet<string>(fields, StringComparer.Ordinal);
        }

        return result;
    }

    private static FieldOwners Clean(SortedDictionary<string, SortedSet<string>> fields)
    {
        foreach (var empty in fields.Where(p => p.Value.Count == 0).Select(p => p.Key).ToArray())
        {
            fields.Remove(empty);
        }

        return new FieldOwners(fields);
    }
}
