using System.Text.Json.Nodes;
using Banyan.Resources;

namespace Banyan.Api.OpenApi;

/// <summary>The parts of the description that do not come from a kind's types.</summary>
internal static class OpenApiParts
{
    public static JsonObject Metadata() => Object(
        ("domain", Text()), ("name", Text()), ("uid", Text(readOnly: true)), ("revision", Integer(readOnly: true)), ("generation", Integer(readOnly: true)),
        ("labels", Map()), ("annotations", Map()), ("owner", Text()), ("createdAt", Time()), ("deletedAt", Time()), ("finalizers", List(Text())));

    public static JsonObject Problem()
    {
        var fault = Object(("pointer", Text()), ("message", Text()), ("code", Text()));
        return Object(
            ("type", Text()), ("title", Text()), ("status", Integer()), ("detail", Text()), ("code", Text()), ("errors", List(fault)), ("traceId", Text()));
    }

    public static JsonObject Envelope(string kind)
    {
        var result = Object(
            ("apiVersion", new JsonObject { ["const"] = "banyan/v1" }), ("kind", new JsonObject { ["const"] = kind }), ("metadata", Reference("Metadata")),
            ("spec", Reference(kind + "Spec")), ("status", Reference(kind + "Status")));
        result["additionalProperties"] = false;
        return result;
    }

    public static void AddPaths(JsonObject paths, ResourceKind kind)
    {
        var all = $"/api/v1/{kind.Plural}";
        var collection = kind.Scope == KindScope.Cluster ? all : $"/api/v1/domains/{{domain}}/{kind.Plural}";
        var one = collection + "/{name}";
        string[] list = ["limit", "continue", "labelSelector", "watch", "after"];
        if (all != collection)
        {
            paths[all] = new JsonObject { ["get"] = Operation($"{kind.Plural}.listAll", $"List or watch {kind.Plural} of all domains", [], list, null, null) };
        }

        string[] inPath = kind.Scope == KindScope.Cluster ? [] : ["domain"];
        string[] named = [.. inPath, "name"];
        paths[collection] = new JsonObject
        {
            ["get"] = Operation($"{kind.Plural}.list", $"List or watch {kind.Plural}", inPath, list, null, null),
            ["post"] = Operation($"{kind.Plural}.create", $"Create a {kind.Name} named by its document", inPath, ["manager", "dryRun"], kind.Name, kind.Name),
        };
        paths[one] = new JsonObject
        {
            ["get"] = Operation($"{kind.Plural}.read", $"Read a {kind.Name}, or with view=ownership who owns its fields", named, ["view"], null, kind.Name),
            ["put"] = Operation($"{kind.Plural}.replace", $"Create or replace a {kind.Name}; If-Match for the revision", named, ["manager", "dryRun"], kind.Name, kind.Name),
            ["patch"] = Operation($"{kind.Plural}.patch", $"Merge a patch into a {kind.Name} (RFC 7396)", named, ["manager", "dryRun"], "", kind.Name),
            ["delete"] = Operation($"{kind.Plural}.delete", $"Delete a {kind.Name}", named, ["dryRun"], null, kind.Name),
        };
        paths[one + ":apply"] = new JsonObject
        {
            ["post"] = Operation($"{kind.Plural}.apply", $"Apply an intent: create or merge, with an owner for every field", named, ["manager", "force", "dryRun"], kind.Name, kind.Name),
        };
        paths[one + "/status"] = new JsonObject { ["put"] = Operation($"{kind.Plural}.replaceStatus", $"Replace the status of a {kind.Name}", named, ["dryRun"], kind.Name, kind.Name) };
    }

    public static void AddPlatformPaths(JsonObject paths)
    {
        paths["/api/v1/audit"] = new JsonObject
        {
            ["get"] = Operation("audit.list", "Who changed what, newest first, or as it happens", [], ["limit", "continue", "kind", "domain", "name", "actor", "watch", "after"], null, null),
        };
        paths["/api/v1/credentials"] = new JsonObject
        {
            ["get"] = Operation("credentials.list", "List credentials, without tokens", [], [], null, null),
            ["post"] = Operation("credentials.create", "Create a credential; the answer has its token, once", [], [], "", null),
        };
        paths["/api/v1/credentials/{name}"] = new JsonObject { ["delete"] = Operation("credentials.delete", "Delete a credential", ["name"], [], null, null) };
        paths["/api/v1/credentials/{name}:rotate"] = new JsonObject
        {
            ["post"] = Operation("credentials.rotate", "Replace a credential's token; the old one stays good for 'overlap' seconds", ["name"], ["overlap"], null, null),
        };
        paths["/api/v1/kinds"] = new JsonObject { ["get"] = Operation("platform.kinds", "Every kind with its schema", [], [], null, null) };
        paths["/api/v1/modules"] = new JsonObject { ["get"] = Operation("platform.modules", "The modules of the answering process and their states", [], [], null, null) };
        paths["/version"] = new JsonObject { ["get"] = Operation("platform.version", "Version of the server", [], [], null, null) };
        paths["/openapi.json"] = new JsonObject { ["get"] = Operation("platform.openapi", "This document", [], [], null, null) };
    }

    private static JsonObject Operation(string id, string summary, string[] inPath, string[] inQuery, string? body, string? answer)
    {
        var result = Operation(id, summary, inPath, inQuery);
        if (body is not null)
        {
            result["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content("application/json", body.Length == 0 ? new JsonObject { ["type"] = "object" } : Reference(body)),
            };
        }

        result["responses"] = Responses(answer is null ? new JsonObject { ["type"] = "object" } : Reference(answer));
        return result;
    }

    /// <summary>An operation without its bodies.</summary>
    public static JsonObject Operation(string id, string? summary, IEnumerable<string> inPath, IEnumerable<string> inQuery)
    {
        var parameters = new JsonArray();
        foreach (var name in inPath)
        {
            parameters.Add((JsonNode)new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = Text() });
        }

        foreach (var name in inQuery)
        {
            var schema = name switch
            {
                "limit" or "after" or "overlap" => Integer(),
                "watch" or "dryRun" or "force" => new JsonObject { ["type"] = "boolean" },
                _ => Text(),
            };
            parameters.Add((JsonNode)new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = schema });
        }

        var result = new JsonObject { ["operationId"] = id };
        if (summary is not null)
        {
            result["summary"] = summary;
        }

        if (parameters.Count > 0)
        {
            result["parameters"] = parameters;
        }

        return result;
    }

    /// <summary>What may be answered; null = success has no body.</summary>
    public static JsonObject Responses(JsonObject? answer)
    {
        var done = new JsonObject { ["description"] = "Done" };
        if (answer is not null)
        {
            done["content"] = Content("application/json", answer);
        }

        return new JsonObject
        {
            ["2XX"] = done,
            ["default"] = new JsonObject { ["description"] = "Problem details", ["content"] = Content("application/problem+json", Reference("Problem")) },
        };
    }

    public static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static JsonObject Object(params ReadOnlySpan<(string Name, JsonObject Schema)> members)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in members)
        {
            properties[name] = schema;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Map() => new() { ["type"] = "object", ["additionalProperties"] = Text() };

    private static JsonObject Time() => new() { ["type"] = "string", ["format"] = "date-time", ["readOnly"] = true };

    private static JsonObject Text(bool readOnly = false) => Typed("string", readOnly);

    private static JsonObject Integer(bool readOnly = false) => Typed("integer", readOnly);

    private static JsonObject Typed(string type, bool readOnly)
    {
        var result = new JsonObject { ["type"] = type };
        if (readOnly)
        {
            result["readOnly"] = true;
        }

        return result;
    }
}
