using System.Text.Json.Serialization;

namespace Banyan.Resources.Tests;

/// <summary>A kind with write-only fields, one of them below another object.</summary>
internal sealed class SafeKind() : ResourceKind<SafeSpec, BoxStatus>(
    "Safe", "safes", KindScope.Domain, "A safe.", SafeJson.Default.SafeSpec, SafeJson.Default.BoxStatus)
{
    public override IReadOnlyList<string> WriteOnlyFields => ["/spec/combination", "/spec/spare/key"];

    public override SafeSpec Default(ResourceName name, SafeSpec spec) => spec with { Colour = spec.Colour ?? "grey" };

    public override ValueTask ValidateAsync(Resource<SafeSpec, BoxStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        if (resource.Spec.Combination is { Length: < 4 })
        {
            v.Add("/spec/combination", "A combination has at least 4 characters.", "out-of-range");
        }

        return ValueTask.CompletedTask;
    }
}

internal sealed record SafeSpec
{
    public string? Colour { get; init; }

    public string? Combination { get; init; }

    public SpareKey? Spare { get; init; }
}

internal sealed record SpareKey
{
    public string? Key { get; init; }

    public string? Holder { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SafeSpec))]
[JsonSerializable(typeof(BoxStatus))]
internal sealed partial class SafeJson : JsonSerializerContext;
