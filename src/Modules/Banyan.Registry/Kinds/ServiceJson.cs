using System.Text.Json.Serialization;

namespace Banyan.Registry.Kinds;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceSpec))]
[JsonSerializable(typeof(ServiceStatus))]
internal sealed partial class ServiceJson : JsonSerializerContext;
