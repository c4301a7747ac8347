using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using static Banyan.Api.Tests.ApiServer;

namespace Banyan.Api.Tests;

public sealed class ResourceApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static int _next;

    private static string Crates => "/api/v1/domains/default/crates";

    [Fact]
    public async Task First_start_makes_the_default_domain()
    {
        var domain = await Json(await server.Send("GET", "/api/v1/domains/default"));
        Assert.Equal(("Domain", "default"), ((string?)domain["kind"], (string?)domain["metadata"]!["name"]));
    }

    [Fact]
    public async Task Object_lives_from_put_to_delete_with_etags()
    {
        var path = Fresh();
        var created = await server.Send("PUT", path, """{"spec":{"size":1}}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(path, created.Headers.Location?.ToString());
        Assert.Equal("created", created.Headers.GetValues("Banyan-Outcome").Single());
        var tag = created.Headers.ETag!.Tag;
        Assert.Equal($"\"{(await Json(created))["metadata"]!["revision"]}\"", tag);

        var read = await server.Send("GET", path);
        Assert.Equal(tag, read.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, (await server.Send("GET", path, null, ("If-None-Match", tag))).StatusCode);

        var updated = await server.Send("PUT", path, """{"spec":{"size":2}}""", ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, updated.StatusCode);
        await Problem(await server.Send("PUT", path, """{"spec":{"size":3}}""", ("If-Match", tag)), 412, "resources/stale");
        await Problem(await server.Send("PUT", path, "{}", ("If-None-Match", "*")), 412, "resources/stale");
        await Problem(await server.Send("PUT", path, "{}", ("If-Match", "abc")), 400, "http/bad-request");
        await Problem(await server.Send("DELETE", path, null, ("If-Match", tag)), 412, "resources/stale");

        var patched = await Send(server.Admin, "PATCH", path, """{"spec":{"size":null,"colour":"red"}}""", "application/merge-patch+json");
        Assert.Equal("""{"colour":"red"}""", (await Json(patched))["spec"]!.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, (await server.Send("DELETE", path)).StatusCode);
        await Problem(await server.Send("GET", path), 404, "resources/not-found");
        await Problem(await server.Send("DELETE", path), 404, "resources/not-found");
    }

    [Fact]
    public async Task Post_creates_and_refuses_what_is_there()
    {
        var name = Fresh().Split('/')[^1];
        Assert.Equal(HttpStatusCode.Created, (await server.Send("POST", Crates, $$$$"""{"metadata":{"name":"{{{{name}}}}"}}""")).StatusCode);
        await Problem(await server.Send("POST", Crates, $$$$"""{"metadata":{"name":"{{{{name}}}}"}}"""), 409, "resources/already-exists");
        var problem = await Problem(await server.Send("POST", Crates, "{}"), 422, "resources/invalid");
        Assert.Equal("/metadata/name", (string?)problem["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task Apply_tells_outcome_conflict_and_ownership()
    {
        var path = Fresh();
        var created = await server.Send("POST", path + ":apply?manager=one", """{"spec":{"size":1}}""");
        Assert.Equal((HttpStatusCode.Created, "created"), (created.StatusCode, created.Headers.GetValues("Banyan-Outcome").Single()));
        Assert.Equal("unchanged", (await server.Send("POST", path + ":apply?manager=one", """{"spec":{"size":1}}""")).Headers.GetValues("Banyan-Outcome").Single());
        var conflict = await Problem(await server.Send("POST", path + ":apply?manager=two", """{"spec":{"size":2}}"""), 409, "resources/field-conflict");
        Assert.Equal(("/spec/size", "owned"), ((string?)conflict["errors"]![0]!["pointer"], (string?)conflict["errors"]![0]!["code"]));
        Assert.Contains("'one'", (string?)conflict["errors"]![0]!["message"], StringComparison.Ordinal);

        var dry = await Json(await server.Send("POST", path + ":apply?manager=two&force=true&dryRun=true", """{"spec":{"size":2}}"""));
        Assert.Equal("updated", (string?)dry["outcome"]);
        Assert.Equal("""[{"pointer":"/spec/size","before":1,"after":2}]""", dry["diff"]!.ToJsonString());
        Assert.Equal(2, (int)dry["object"]!["spec"]!["size"]!);
        Assert.Equal(1, (int)(await Json(await server.Send("GET", path)))["spec"]!["size"]!);

        Assert.Equal("updated", (await server.Send("POST", path + ":apply?manager=two&force=true", """{"spec":{"size":2}}""")).Headers.GetValues("Banyan-Outcome").Single());
        var view = await Json(await server.Send("GET", path + "?view=ownership"));
        Assert.Equal("""{"managers":{"two":["/spec/size"]}}""", view.ToJsonString());
    }

    [Fact]
    public async Task All_faults_are_in_one_answer()
    {
        var problem = await Problem(await server.Send("PUT", Fresh(), """{"spec":{"sise":1,"size":"x","colour":7},"metadata":{"lables":{}}}"""), 422, "resources/invalid");
        Assert.Equal(
            ["/metadata/lables", "/spec/colour", "/spec/sise", "/spec/size"],
            problem["errors"]!.AsArray().Select(e => (string)e!["pointer"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Status_has_its_own_door()
    {
        var path = Fresh();
        await server.Send("PUT", path, """{"spec":{"size":1},"status":{"things":9}}""");
        Assert.Null((await Json(await server.Send("GET", path)))["status"]);
        Assert.Equal(HttpStatusCode.OK, (await server.Send("PUT", path + "/status", """{"status":{"things":5}}""")).StatusCode);
        var box = await Json(await server.Send("GET", path));
        Assert.Equal((5, 1), ((int)box["status"]!["things"]!, (int)box["metadata"]!["generation"]!));
        var problem = await Problem(await server.Send("PUT", path + "/status", """{"status":{"thinks":5}}"""), 422, "resources/invalid");
        Assert.Equal("/status/thinks", (string?)problem["errors"]![0]!["pointer"]);
        await Problem(await server.Send("PUT", path + "/status", "{}"), 422, "resources/invalid");
    }

    [Fact]
    public async Task Finalisers_hold_a_deletion_back()
    {
        var path = Fresh();
        await server.Send("PUT", path, """{"metadata":{"finalizers":["test/x"]}}""");
        var marked = await server.Send("DELETE", path);
        Assert.Equal((HttpStatusCode.Accepted, "deleting"), (marked.StatusCode, marked.Headers.GetValues("Banyan-Outcome").Single()));
        var gone = await Send(server.Admin, "PATCH", path, """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        Assert.Equal("deleted", gone.Headers.GetValues("Banyan-Outcome").Single());
        await Problem(await server.Send("GET", path), 404, "resources/not-found");
    }

    [Fact]
    public async Task Domain_with_objects_cannot_be_deleted()
    {
        await server.Send("PUT", "/api/v1/domains/full", "{}");
        await server.Send("PUT", "/api/v1/domains/full/crates/one", "{}");
        var problem = await Problem(await server.Send("DELETE", "/api/v1/domains/full"), 409, "resources/in-use");
        Assert.Contains("1 Crate", (string?)problem["detail"], StringComparison.Ordinal);
        await server.Send("DELETE", "/api/v1/domains/full/crates/one");
        Assert.Equal(HttpStatusCode.OK, (await server.Send("DELETE", "/api/v1/domains/full")).StatusCode);
        var orphan = await Problem(await server.Send("PUT", "/api/v1/domains/full/crates/one", "{}"), 422, "resources/invalid");
        Assert.Equal("/metadata/domain", (string?)orphan["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task Collection_pages_at_one_revision_and_selects()
    {
        await server.Send("PUT", "/api/v1/domains/pages", "{}");
        for (var i = 0; i < 7; i++)
        {
            await server.Send("PUT", $"/api/v1/domains/pages/crates/c{i}", $$$$"""{"metadata":{"labels":{"n":"{{{{i}}}}"}}}""");
        }

        var names = new List<string>();
        var revisions = new HashSet<long>();
        string? next = null;
        do
        {
            var page = await Json(await server.Send("GET", $"/api/v1/domains/pages/crates?limit=3{(next is null ? string.Empty : "&continue=" + Uri.EscapeDataString(next))}"));
            names.AddRange(page["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
            revisions.Add((long)page["revision"]!);
            next = (string?)page["continue"];
            await server.Send("PUT", $"/api/v1/domains/pages/crates/c5x{names.Count}", "{}");
        }
        while (next is not null);

        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c5", "c6"], names);
        Assert.Single(revisions);
        var some = await Json(await server.Send("GET", "/api/v1/domains/pages/crates?labelSelector=" + Uri.EscapeDataString("n in (2,4)")));
        Assert.Equal(["c2", "c4"], some["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
        var all = await Json(await server.Send("GET", "/api/v1/crates?limit=1000"));
        Assert.Contains(all["items"]!.AsArray(), i => (string?)i!["metadata"]!["domain"] == "pages");
    }

    [Theory]
    [InlineData("/api/v1/crates?limit=0", 400, "api/bad-query")]
    [InlineData("/api/v1/crates?limit=x", 400, "api/bad-query")]
    [InlineData("/api/v1/crates?lmit=1", 400, "api/bad-query")]
    [InlineData("/api/v1/crates?limit=1&limit=2", 400, "api/bad-query")]
    [InlineData("/api/v1/crates?watch=yes", 400, "api/bad-query")]
    [InlineData("/api/v1/crates?watch=true&after=x", 400, "http/bad-request")]
    [InlineData("/api/v1/crates?watch=true&after=999999999", 410, "resources/gone")]
    [InlineData("/api/v1/crates?continue=zzz", 400, "resources/bad-continue")]
    [InlineData("/api/v1/crates?labelSelector=a%20b", 400, "resources/bad-selector")]
    [InlineData("/api/v1/crats", 404, "resources/unknown-kind")]
    [InlineData("/api/v1/crates/one", 404, "api/wrong-scope")]
    [InlineData("/api/v1/domains/default/domains", 404, "api/wrong-scope")]
    [InlineData("/api/v1/domains/UP/crates", 400, "resources/bad-name")]
    [InlineData("/api/v1/domains/default/crates/a.b", 400, "resources/bad-name")]
    [InlineData("/api/v1/domains/default/crates/a?view=all", 400, "api/bad-query")]
    [InlineData("/nothing", 404, "http/not-found")]
    public async Task Wrong_address_or_query_is_told(string path, int status, string code) => await Problem(await server.Send("GET", path), status, code);

    [Fact]
    public async Task Wrong_method_is_told() => await Problem(await server.Send("PUT", "/api/v1/kinds"), 405, "http/method-not-allowed");

    [Theory]
    [InlineData("", "application/json", 400, "http/malformed-json")]
    [InlineData("{", "application/json", 400, "http/malformed-json")]
    [InlineData("[]", "application/json", 400, "http/malformed-json")]
    [InlineData("null", "application/json", 400, "http/malformed-json")]
    [InlineData("{\"spec\":{},\"spec\":{}}", "application/json", 400, "http/malformed-json")]
    [InlineData("{\"spec\":{\"colour\":\"\\ud800\"}}", "application/json", 400, "http/malformed-json")]
    [InlineData("{\"\\ud800\":1}", "application/json", 400, "http/malformed-json")]
    [InlineData("{}", "text/plain", 415, "http/unsupported-media-type")]
    [InlineData("{}", "application/yaml", 415, "http/unsupported-media-type")]
    public async Task Bad_body_is_told(string body, string type, int status, string code) =>
        await Problem(await Send(server.Admin, "PUT", Fresh(), body, type), status, code);

    [Fact]
    public async Task Malformed_json_names_line_and_column()
    {
        var problem = await Problem(await server.Send("PUT", Fresh(), "{\n  \"spec\": {\n    \"size\": 1,,\n  }\n}"), 400, "http/malformed-json");
        Assert.StartsWith("Line 3, column 15:", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000);
        await Problem(await server.Send("PUT", Fresh(), deep), 400, "http/malformed-json");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Oversized_body_is_413_with_and_without_a_length(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Fresh())
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$$$"""{"spec":{"colour":"{{{{new string('x', 1024 * 1024)}}}}"}}""")),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        await Problem(await server.Admin.SendAsync(request), 413, "http/body-too-large");
    }

    [Fact]
    public async Task Object_larger_than_the_store_takes_is_413() =>
        await Problem(await server.Send("PUT", Fresh(), $$$$"""{"spec":{"colour":"{{{{new string('x', 300 * 1024)}}}}"}}"""), 413, "resources/too-large");

    [Fact]
    public async Task Random_bodies_are_answered_with_a_client_error_and_never_break_the_server()
    {
        var random = new Random(7);
        var seeds = new[] { """{"spec":{"size":1,"contents":{"a":"b"}},"metadata":{"labels":{"x":"y"},"finalizers":["a"]}}""", """{"metadata":null,"spec":null}""", """{"spec":{"size":1e999}}""" };
        for (var i = 0; i < 400; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(seeds[i % seeds.Length]);
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = i % 2 == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:0e-nul\\"[random.Next(14)];
            }

            var verb = (i % 4) switch { 0 => ("PUT", ""), 1 => ("PATCH", ""), 2 => ("POST", ":apply"), _ => ("PUT", "/status") };
            using var request = new HttpRequestMessage(new HttpMethod(verb.Item1), Crates + "/fuzz" + verb.Item2) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new("application/json");
            using var response = await server.Admin.SendAsync(request);
            Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} for {Encoding.UTF8.GetString(bytes)}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Kinds_openapi_and_version_describe_the_server()
    {
        var kinds = await Json(await server.Send("GET", "/api/v1/kinds"));
        Assert.Equal(["crates", "domains"], kinds["items"]!.AsArray().Select(k => (string)k!["plural"]!));
        Assert.Equal("domain", (string?)kinds["items"]![0]!["scope"]);
        var api = await Json(await server.Send("GET", "/openapi.json"));
        Assert.NotNull(api["paths"]!["/api/v1/domains/{domain}/crates/{name}:apply"]);
        Assert.Equal(100, (double)api["components"]!["schemas"]!["CrateSpec"]!["properties"]!["size"]!["maximum"]!);
        Assert.Equal("banyan/v1", (string?)(await Json(await server.Send("GET", "/version")))["api"]);
        var modules = await Json(await server.Send("GET", "/api/v1/modules"));
        Assert.Equal("Running", (string?)modules["items"]!.AsArray().Single(m => (string?)m!["name"] == "api")!["state"]);
    }

    private static string Fresh() => $"{Crates}/c{Interlocked.Increment(ref _next)}";
}
