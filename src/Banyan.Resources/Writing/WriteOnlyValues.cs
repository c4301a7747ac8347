using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Json;

namespace Banyan.Resources.Writing;

/// <summary>
/// What is in the write-only fields of one object. It lies under a key of its own: the document, and with it every answer, watch, audit record and copy, holds only
/// marks. Never changes.
/// </summary>
internal sealed class WriteOnlyValues
{
    private readonly Dictionary<string, WriteOnlyValue> _byPointer;

    private WriteOnlyValues(Dictionary<string, WriteOnlyValue> byPointer) => _byPointer = byPointer;

    public static WriteOnlyValues None { get; } = new([]);

    public bool IsEmpty => _byPointer.Count == 0;

    public static WriteOnlyValues Read(ReadOnlySpan<byte> stored) => new(JsonSerializer.Deserialize(stored, ResourceJson.Default.DictionaryStringWriteOnlyValue)!);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(_byPointer, ResourceJson.Default.DictionaryStringWriteOnlyValue);

    public bool SameAs(WriteOnlyValues other) =>
        _byPointer.Count == other._byPointer.Count && _byPointer.All(p => other._byPointer.TryGetValue(p.Key, out var theirs) && theirs.Mark == p.Value.Mark);

    /// <summary>
    /// Takes the values out of fields that somebody sent and leaves marks. A mark that is sent back, or the same value again, keeps what is stored; a mark of
    /// another value is a fault.
    /// </summary>
    /// <param name="kind">Says which fields.</param>
    /// <param name="fields">The fields as they would be stored; changed.</param>
    /// <param name="intent">What an apply said, or null; changed.</param>
    /// <param name="faults">Takes the faults.</param>
    /// <returns>What would be stored.</returns>
    public WriteOnlyValues Take(ResourceKind kind, JsonObject fields, JsonObject? intent, List<Fault> faults)
    {
        if (kind.WriteOnlyFields.Count == 0)
        {
            return None;
        }

        var taken = new Dictionary<string, WriteOnlyValue>();
        foreach (var pointer in kind.WriteOnlyFields)
        {
            if (JsonPointers.Get(fields, pointer) is not JsonValue value || !value.TryGetValue<string>(out var text))
            {
                continue;
            }

            var kept = _byPointer.GetValueOrDefault(pointer);
            if (kept is null || (text != kept.Mark && text != kept.Value))
            {
                if (WriteOnlyValue.IsMark(text))
                {
                    faults.Add(new Fault(pointer, Unknown(text, kept), "out-of-range"));
                    continue;
                }

                kept = WriteOnlyValue.Of(text);
            }

            taken[pointer] = kept;
            JsonPointers.Set(fields, pointer, kept.Mark);
            if (JsonPointers.Get(intent, pointer) is not null)
            {
                JsonPointers.Set(intent!, pointer, kept.Mark);
            }
        }

        return new WriteOnlyValues(taken);
    }

    /// <summary>A copy of a document (or of its fields) with the values where the marks are.</summary>
    public JsonObject Reveal(JsonObject document) => With(document, v => v.Value);

    /// <summary>A copy of a document (or of its fields) with marks where the values are.</summary>
    public JsonObject Hide(JsonObject document) => With(document, v => v.Mark);

    private static string Unknown(string mark, WriteOnlyValue? kept) => kept is null
        ? $"'{mark}' stands for a value that is not stored here. Send the value itself."
        : $"'{mark}' stands for another value than the stored one, which is {kept.Mark}. Read the object again, or send the value itself.";

    private JsonObject With(JsonObject document, Func<WriteOnlyValue, string> text)
    {
        var result = (JsonObject)document.DeepClone();
        foreach (var (pointer, value) in _byPointer)
        {
            if (JsonPointers.Get(result, pointer) is not null)
            {
                JsonPointers.Set(result, pointer, text(value));
            }
        }

        return result;
    }
}
