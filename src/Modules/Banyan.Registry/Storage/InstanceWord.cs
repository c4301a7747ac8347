using System.Text.Json.Serialization;

namespace Banyan.Registry.Storage;

/// <summary>An instance's state in an audit record.</summary>
internal sealed record InstanceWord(string State, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceWord))]
internal sealed partial class InstanceWordJson : JsonSerializerContext;
