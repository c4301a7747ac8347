using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Api.OpenApi;

/// <summary>Describes the API (OpenAPI 3.1) from the kinds and from the endpoints that modules mapped beside them. The same modules give the same bytes.</summary>
internal static class OpenApiDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static byte[] Write(KindSet kinds, IEnumerable<Endpoint> endpoints) => Encoding.UTF8.GetBytes(Build(kinds, endpoints).ToJsonString(Indented) + "\n");

    /// <summary>The JSON schema of a type, with its bounds.</summary>
    public static JsonNode Schema(JsonTypeInfo type) => SchemaReferences.WriteOut(JsonSchemaExporter.GetJsonSchemaAsNode(
        type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = AddBounds }));

    /// <summary>The schema of a kind's spec; fields that are never read say so.</summary>
    public static JsonNode SpecSchema(ResourceKind kind)
    {
        var schema = Schema(kind.SpecType);
        foreach (var pointer in kind.WriteOnlyFields)
        {
            // The first part of the pointer is the spec itself.
            var field = pointer.Split('/').Skip(2).Aggregate(schema, (at, name) => at["properties"]![name]!);
            field["writeOnly"] = true;
        }

        return schema;
    }

    private static JsonObject Build(KindSet kinds, IEnumerable<Endpoint> endpoints)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { ["Metadata"] = OpenApiParts.Metadata(), ["Problem"] = OpenApiParts.Problem() };
        foreach (var kind in kinds.All)
        {
            schemas[kind.Name] = OpenApiParts.Envelope(kind.Name);
            schemas[kind.Name + "Spec"] = SpecSchema(kind);
            schemas[kind.Name + "Status"] = Schema(kind.StatusType);
            OpenApiParts.AddPaths(paths, kind);
        }

        OpenApiParts.AddPlatformPaths(paths);
        OpenApiEndpoints.Add(paths, schemas, endpoints);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Banyan",
                ["version"] = "v1",
                ["description"] = "Declarative objects of all kinds, instances, the audit log, and credentials. Errors are problem details with a stable code.",
            },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonNode AddBounds(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject o)
        {
            return schema;
        }

        // Null and absent mean the same in the API; the shorter schema says so.
        if (o["type"] is JsonArray types && types.FirstOrDefault(t => (string?)t != "null") is { } type && types.Count == 2)
        {
            o["type"] = type.DeepClone();
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.TypeInfo.Properties.Count > 0)
        {
            o["additionalProperties"] = false;
        }

        foreach (var attribute in context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [])
        {
            if (attribute is RangeAttribute range)
            {
                o["minimum"] = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
                o["maximum"] = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
            }
            else if (attribute is StringLengthAttribute length)
            {
                o["maxLength"] = length.MaximumLength;
            }
        }

        return o;
    }
}
