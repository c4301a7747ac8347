using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Bench.Routes;

/// <summary>What a route of the bench leads to, without the registry that brings the real kind.</summary>
internal sealed class ThingKind() : ResourceKind<ThingSpec, ThingSpec>("Service", "services", KindScope.Domain, "A service.", ThingJson.Default.ThingSpec, ThingJson.Default.ThingSpec);

internal sealed record ThingSpec
{
    public string? Description { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ThingSpec))]
internal sealed partial class ThingJson : JsonSerializerContext;
