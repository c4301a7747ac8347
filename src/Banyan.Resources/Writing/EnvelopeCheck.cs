using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Resources.Json;
using Banyan.Resources.Storage;

namespace Banyan.Resources.Writing;

/// <summary>Reads the envelope of a document that somebody sent: what it may contain, and what of it a writer decides.</summary>
internal static class EnvelopeCheck
{
    private static readonly string[] TopLevel = ["apiVersion", "kind", "metadata", "spec", "status"];
    private static readonly string[] Owned = ["labels", "annotations", "owner", "finalizers"];

    /// <summary>The fields a writer decides (see <see cref="StoredState.ToFields"/>). Faults of the envelope are added; the spec is not looked at.</summary>
    public static JsonObject ReadFields(ResourceKind kind, ResourceName name, JsonObject document, List<Fault> faults)
    {
        foreach (var (field, _) in document)
        {
            if (!TopLevel.Contains(field))
            {
                faults.Add(new Fault(
                    JsonPointers.Child(string.Empty, field), $"There is no field '{field}' here.{NearestName.Hint(field, TopLevel)}", "unknown-field"));
            }
        }

        Same(document, "apiVersion", DocumentCodec.ApiVersion, "/apiVersion", faults);
        Same(document, "kind", kind.Name, "/kind", faults);
        var result = new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = new JsonObject() };
        if (document["metadata"] is { } metadata)
        {
            StructuralCheck.Run(metadata, ResourceJson.Default.MetadataDocument, "/metadata", faults);
            if (metadata is JsonObject o)
            {
                Same(o, "name", name.Name, "/metadata/name", faults);
                Same(o, "domain", name.Domain, "/metadata/domain", faults);
                result["metadata"] = JsonFields.WithoutNulls(new JsonObject(o.Where(p => Owned.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))));
            }
        }

        if (document["spec"] is { } spec)
        {
            result["spec"] = spec is JsonObject body ? JsonFields.WithoutNulls(body) : spec.DeepClone();
        }

        return result;
    }

    /// <summary>Checks fields as they would be stored: metadata rules and the structure of the spec.</summary>
    public static void CheckFields(ResourceKind kind, JsonObject fields, List<Fault> faults)
    {
        var before = faults.Count;
        StructuralCheck.Run(fields["metadata"], ResourceJson.Default.MetadataDocument, "/metadata", faults);
        if (faults.Count == before)
        {
            var metadata = fields["metadata"].Deserialize(ResourceJson.Default.MetadataDocument)!;
            CheckMaps(metadata, faults);
        }

        StructuralCheck.Run(fields["spec"], kind.SpecType, "/spec", faults);
    }

    private static void CheckMaps(MetadataDocument metadata, List<Fault> faults)
    {
        foreach (var (key, value) in metadata.Labels ?? [])
        {
            if (LabelRules.KeyProblem(key) is { } bad)
            {
                faults.Add(new Fault(JsonPointers.Child("/metadata/labels", key), $"Label key: {bad}.", "bad-name"));
            }

            if (LabelRules.ValueProblem(value) is { } wrong)
            {
                faults.Add(new Fault(JsonPointers.Child("/metadata/labels", key), $"Label value: {wrong}.", "out-of-range"));
            }
        }

        foreach (var key in (metadata.Annotations ?? []).Keys)
        {
            if (LabelRules.KeyProblem(key) is { } bad)
            {
                faults.Add(new Fault(JsonPointers.Child("/metadata/annotations", key), $"Annotation key: {bad}.", "bad-name"));
            }
        }

        for (var i = 0; i < (metadata.Finalizers?.Count ?? 0); i++)
        {
            if (LabelRules.KeyProblem(metadata.Finalizers![i]) is { } bad)
            {
                faults.Add(new Fault($"/metadata/finalizers/{i}", $"Finaliser: {bad}.", "bad-name"));
            }
        }

        if (metadata.Finalizers is { } finalizers && finalizers.Distinct().Count() < finalizers.Count)
        {
            faults.Add(new Fault("/metadata/finalizers", "A finaliser is named twice. Leave one out.", "duplicate"));
        }

        Most("/metadata/labels", metadata.Labels?.Count ?? 0, LabelRules.MaxLabels, "labels", faults);
        Most("/metadata/annotations", metadata.Annotations?.Sum(p => p.Key.Length + p.Value.Length) ?? 0, LabelRules.MaxAnnotationChars, "characters of annotations", faults);
        Most("/metadata/finalizers", metadata.Finalizers?.Count ?? 0, 16, "finalisers", faults);
        Most("/metadata/owner", metadata.Owner?.Length ?? 0, 253, "characters", faults);
    }

    private static void Most(string pointer, int count, int most, string what, List<Fault> faults)
    {
        if (count > most)
        {
            faults.Add(new Fault(pointer, $"{count} {what} are too many; the most is {most}.", "out-of-range"));
        }
    }

    private static void Same(JsonObject document, string field, string? expected, string pointer, List<Fault> faults)
    {
        if (document[field] is { } value && !(value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == expected))
        {
            var right = expected is null ? "leave it out: this kind belongs to no domain" : $"it must be '{expected}', as in the address";
            faults.Add(new Fault(pointer, $"{field} is {value.ToJsonString()}; {right}.", "out-of-range"));
        }
    }
}
