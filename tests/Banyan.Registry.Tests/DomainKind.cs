using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Registry.Tests;

/// <summary>Domains, as far as the registry needs them: they exist or not.</summary>
internal sealed class DomainKind() : ResourceKind<DomainSpec, DomainStatus>(
    "Domain", "domains", KindScope.Cluster, "A tenant.", DomainJson.Default.DomainSpec, DomainJson.Default.DomainStatus)
{
    public static JsonObject Document(string name) => new()
    {
        ["apiVersion"] = "banyan/v1",
        ["kind"] = "Domain",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject(),
    };
}

internal sealed record DomainSpec
{
    public string? Description { get; init; }
}

internal sealed record DomainStatus
{
    public string? Word { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainSpec))]
[JsonSerializable(typeof(DomainStatus))]
internal sealed partial class DomainJson : JsonSerializerContext;
