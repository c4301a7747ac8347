using System.Text.Json.Nodes;
using Banyan.Http.Describing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.OpenApi;

/// <summary>
/// The endpoints under <c>/api/v1</c> that are no objects of a kind, whichever module mapped them. What is described already (kinds, audit, credentials) stays as
/// it is.
/// </summary>
internal static class OpenApiEndpoints
{
    private const string Root = "/api/v1/";

    // The routes of all kinds are written once, with this in the place of the kind; the description has them one by one.
    private const string AnyKind = "plural";

    public static void Add(JsonObject paths, JsonObject schemas, IEnumerable<Endpoint> endpoints)
    {
        var found = endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText is { } path && path.StartsWith(Root, StringComparison.Ordinal) && e.RoutePattern.Parameters.All(p => p.Name != AnyKind))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(m => (Path: e.RoutePattern.RawText!, Method: m.ToLowerInvariant(), Endpoint: e)) ?? [])
            .OrderBy(e => e.Path, StringComparer.Ordinal).ThenBy(e => e.Method, StringComparer.Ordinal);
        foreach (var (path, method, endpoint) in found)
        {
            if (paths[path] is not JsonObject verbs)
            {
                paths[path] = verbs = new JsonObject();
            }

            if (!verbs.ContainsKey(method))
            {
                verbs[method] = Describe(path, method, endpoint, schemas);
            }
        }
    }

    private static JsonObject Describe(string path, string method, RouteEndpoint endpoint, JsonObject schemas)
    {
        var notes = endpoint.Metadata.GetMetadata<ApiOperation>() ?? new ApiOperation();
        var id = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? $"{method} {path}";
        var summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary;
        var result = OpenApiParts.Operation(id, summary, endpoint.RoutePattern.Parameters.Select(p => p.Name), notes.Query);
        if (notes.Body is { } body)
        {
            result["requestBody"] = new JsonObject { ["required"] = !notes.BodyIsOptional, ["content"] = OpenApiParts.Content("application/json", Refer(body, schemas)) };
        }

        result["responses"] = OpenApiParts.Responses(notes.Answer is { } answer ? Refer(answer, schemas) : null);
        return result;
    }

    private static JsonObject Refer(ApiSchema schema, JsonObject schemas)
    {
        foreach (var part in schema.Parts)
        {
            Refer(part, schemas);
        }

        if (!schemas.ContainsKey(schema.Name))
        {
            schemas[schema.Name] = SchemaReferences.WriteOut(JsonNode.Parse(schema.Json)!);
        }

        return OpenApiParts.Reference(schema.Name);
    }
}
