using System.Text.Json;
using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Console.Tests;

/// <summary>Stands for the API module's kind of the same name, which the registry asks whether a domain exists.</summary>
internal sealed class DomainKind() : ResourceKind<DomainSpec, DomainSpec>(
    "Domain", "domains", KindScope.Cluster, "A tenant.", DomainJson.Default.DomainSpec, DomainJson.Default.DomainSpec);

internal sealed record DomainSpec
{
    public string? Owner { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DomainSpec))]
internal sealed partial class DomainJson : JsonSerializerContext;
