using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Api.Tests;

/// <summary>A kind in a domain.</summary>
internal sealed class CrateKind() : ResourceKind<CrateSpec, CrateStatus>(
    "Crate", "crates", KindScope.Domain, "A crate.", CrateJson.Default.CrateSpec, CrateJson.Default.CrateStatus)
{
    public override IReadOnlyList<string> WriteOnlyFields => ["/spec/lock/code"];

    public override CrateSpec Default(ResourceName name, CrateSpec spec) => spec with { Colour = spec.Colour ?? "brown" };
}

internal sealed record CrateSpec
{
    public string? Colour { get; init; }

    [Range(1, 100)]
    public int? Size { get; init; }

    public IReadOnlyDictionary<string, string>? Contents { get; init; }

    public CrateLock? Lock { get; init; }
}

internal sealed record CrateLock
{
    public string? Code { get; init; }
}

internal sealed record CrateStatus
{
    public int Things { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CrateSpec))]
[JsonSerializable(typeof(CrateStatus))]
internal sealed partial class CrateJson : JsonSerializerContext;
