using System.Text.Json.Serialization;

namespace Banyan.Gateway.Kinds;

/// <summary>How routes are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouteSpec))]
[JsonSerializable(typeof(RouteStatus))]
internal sealed partial class RouteJson : JsonSerializerContext;
