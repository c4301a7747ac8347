using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Banyan.Resources.Writing;

namespace Banyan.Resources.Json;

/// <summary>The metadata object of a document. A class with setters: a document without labels must give empty ones.</summary>
internal sealed class MetadataDocument
{
    public string? Domain { get; set; }

    public string? Name { get; set; }

    public string? Uid { get; set; }

    public long? Revision { get; set; }

    public long? Generation { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public Dictionary<string, string>? Annotations { get; set; }

    public string? Owner { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public List<string>? Finalizers { get; set; }

    public ResourceMetadata ToMetadata(long revision) => new()
    {
        Domain = Domain,
        Name = Name ?? string.Empty,
        Uid = Uid ?? string.Empty,
        Revision = revision,
        Generation = Generation ?? 1,
        Labels = Labels ?? NoMetadata.Labels,
        Annotations = Annotations ?? NoMetadata.Annotations,
        Owner = Owner,
        CreatedAt = CreatedAt ?? default,
        DeletedAt = DeletedAt,
        Finalizers = Finalizers ?? (IReadOnlyList<string>)[],
    };

    public static MetadataDocument From(ResourceMetadata metadata) => new()
    {
        Domain = metadata.Domain,
        Name = metadata.Name,
        Uid = metadata.Uid,
        Generation = metadata.Generation,
        Labels = metadata.Labels.Count == 0 ? null : new(metadata.Labels.OrderBy(p => p.Key, StringComparer.Ordinal)),
        Annotations = metadata.Annotations.Count == 0 ? null : new(metadata.Annotations.OrderBy(p => p.Key, StringComparer.Ordinal)),
        Owner = metadata.Owner,
        CreatedAt = metadata.CreatedAt,
        DeletedAt = metadata.DeletedAt,
        Finalizers = metadata.Finalizers.Count == 0 ? null : [.. metadata.Finalizers],
    };

    private static readonly ResourceMetadata NoMetadata = new() { Name = string.Empty };
}

/// <summary>Sources for the JSON of everything but specs and statuses.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MetadataDocument))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(Dictionary<string, WriteOnlyValue>))]
internal sealed partial class ResourceJson : JsonSerializerContext
{
    /// <summary>Writes text as it is: the API's answers are JSON, never parts of a page.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
