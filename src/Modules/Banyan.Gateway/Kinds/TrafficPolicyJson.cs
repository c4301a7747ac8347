using System.Text.Json.Serialization;

namespace Banyan.Gateway.Kinds;

/// <summary>How policies are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrafficPolicySpec))]
[JsonSerializable(typeof(TrafficPolicyStatus))]
internal sealed partial class TrafficPolicyJson : JsonSerializerContext;
