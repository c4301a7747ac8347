using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Gateway.Tests.Support;

/// <summary>What a route may lead to, without the registry that brings the real kind.</summary>
internal sealed class PlainServiceKind() : ResourceKind<PlainService, PlainService>(
    "Service", "services", KindScope.Domain, "A service.", PlainServiceJson.Default.PlainService, PlainServiceJson.Default.PlainService);

internal sealed record PlainService
{
    public string? Protocol { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlainService))]
internal sealed partial class PlainServiceJson : JsonSerializerContext;
