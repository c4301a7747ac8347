using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Banyan.Gateway.Endpoints;

/// <summary>How the table of certificates is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CertificateTableView))]
internal sealed partial class CertificateTableJson : JsonSerializerContext
{
    /// <summary>The form of the table, from its types.</summary>
    public static string Schema => JsonSchemaExporter.GetJsonSchemaAsNode(Default.CertificateTableView).ToJsonString();
}
