using System.Text.Json.Serialization;

namespace Banyan.Gateway.Kinds;

/// <summary>How certificates are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CertificateSpec))]
[JsonSerializable(typeof(CertificateStatus))]
internal sealed partial class CertificateJson : JsonSerializerContext;
