using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests;

/// <summary>The description of the API as the real server with every module gives it.</summary>
public sealed partial class OpenApiTests(SharedServer shared) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private const string Baseline = "docs/reference/openapi.json";

    private string _text = string.Empty;

    public async Task InitializeAsync() => _text = await GetAsync("/openapi.json");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Document_is_the_one_in_git()
    {
        var path = Path.Combine(Repository.Root, Baseline);
        if (Environment.GetEnvironmentVariable("BANYAN_UPDATE_BASELINES") == "1")
        {
            File.WriteAllText(path, _text);
        }

        Assert.True(File.ReadAllText(path) == _text, $"{Baseline} is not what the server says. Run this test with BANYAN_UPDATE_BASELINES=1 and review the change.");
    }

    [Fact]
    public async Task Document_is_valid_and_has_every_kind_and_every_module()
    {
        var document = JsonNode.Parse(_text)!.AsObject();
        Assert.Equal("3.1.0", (string?)document["openapi"]);
        var schemas = document["components"]!["schemas"]!.AsObject();
        var references = All(document).OfType<JsonObject>().Select(o => o["$ref"]).OfType<JsonValue>().Select(v => (string)v!).Distinct().ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(Resolve(document, reference) is not null, $"{reference} leads nowhere."));

        // 1. Every operation has a name of its own, says what it does, declares each parameter of its path exactly once, and has answers.
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => (Path: path.Key, Method: o.Key, Body: o.Value!.AsObject()))).ToList();
        var names = operations.Select(o => (string?)o.Body["operationId"] ?? $"{o.Method} {o.Path} has no operationId").ToList();
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach (var (path, method, body) in operations)
        {
            var declared = (body["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "path").Select(p => (string)p!["name"]!);
            Assert.Equal(PathParameter().Matches(path).Select(m => m.Groups[1].Value).Order(), declared.Order());
            Assert.False(string.IsNullOrEmpty((string?)body["summary"]), $"{method} {path} does not say what it does.");
            Assert.NotEmpty(body["responses"]!.AsObject());
        }

        // 2. All kinds that the server knows, and what is no kind.
        var kinds = JsonNode.Parse(await GetAsync("/api/v1/kinds"))!["items"]!.AsArray().Select(k => (string)k!["name"]!).ToList();
        Assert.Superset(new HashSet<string> { "Domain", "Service", "Route" }, kinds.ToHashSet());
        Assert.All(kinds, kind => Assert.True(schemas.ContainsKey(kind) && schemas.ContainsKey(kind + "Spec"), $"{kind} is not described."));
        string[] paths =
        [
            "get /api/v1/audit", "get /api/v1/credentials", "post /api/v1/credentials/{name}:rotate", "get /api/v1/gateway/routes", "get /api/v1/instances",
            "get /api/v1/domains/{domain}/services/{service}/instances", "put /api/v1/domains/{domain}/services/{service}/instances/{id}",
            "post /api/v1/domains/{domain}/services/{service}/instances/{id}:heartbeat", "get /api/v1/domains/{domain}/routes/{name}", "get /api/v1/domains/{name}",
        ];
        Assert.Superset(paths.ToHashSet(), operations.Select(o => $"{o.Method} {o.Path}").ToHashSet());
    }

    [Fact]
    public async Task Described_reads_without_parameters_answer_as_described()
    {
        var document = JsonNode.Parse(_text)!.AsObject();
        var plain = document["paths"]!.AsObject().Where(p => !p.Key.Contains('{', StringComparison.Ordinal) && p.Value!["get"] is not null).Select(p => p.Key).ToList();
        Assert.True(plain.Count >= 8, $"Only {plain.Count} plain reads are described.");
        foreach (var path in plain)
        {
            var body = JsonNode.Parse(await GetAsync(path))!.AsObject();
            var schema = document["paths"]![path]!["get"]!["responses"]!["2XX"]!["content"]!["application/json"]!["schema"]!;
            if ((string?)schema["$ref"] is { } reference && Resolve(document, reference)!["properties"] is JsonObject properties)
            {
                Assert.Superset(body.Select(m => m.Key).ToHashSet(), properties.Select(p => p.Key).ToHashSet());
            }
        }
    }

    private async Task<string> GetAsync(string path)
    {
        using var answer = await shared.Server.SendAsync(HttpMethod.Get, path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {(int)answer.StatusCode} {text}");
        return text;
    }

    private static JsonNode? Resolve(JsonNode document, string reference)
    {
        JsonNode? at = reference.StartsWith("#/", StringComparison.Ordinal) ? document : null;
        foreach (var step in reference.Split('/').Skip(1))
        {
            at = (at as JsonObject)?[step];
        }

        return at;
    }

    private static IEnumerable<JsonNode> All(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(m => All(m.Value)).Prepend(o),
        JsonArray a => a.SelectMany(All).Prepend(a),
        null => [],
        _ => [node],
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
