using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Client.Tests;

public sealed class BanyanClientTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ResourceAddress Route = new("routes", "shop", "a b");

    [Theory]
    [InlineData(400, ErrorKind.Invalid)]
    [InlineData(401, ErrorKind.Unauthenticated)]
    [InlineData(403, ErrorKind.Forbidden)]
    [InlineData(404, ErrorKind.NotFound)]
    [InlineData(409, ErrorKind.Conflict)]
    [InlineData(410, ErrorKind.Gone)]
    [InlineData(412, ErrorKind.Stale)]
    [InlineData(422, ErrorKind.Unprocessable)]
    [InlineData(429, ErrorKind.Throttled)]
    [InlineData(503, ErrorKind.Unavailable)]
    [InlineData(504, ErrorKind.Timeout)]
    [InlineData(500, ErrorKind.Internal)]
    public async Task A_status_becomes_its_kind_of_error(int status, ErrorKind kind)
    {
        await using var server = await ScriptedServer.AnsweringAsync(status, "not even json", "text/html");

        var failure = await Assert.ThrowsAsync<BanyanException>(() => server.Client().Resources.GetAsync(Route, None));

        Assert.Equal(kind, failure.Error.Kind);
        Assert.Contains(status.ToString(), failure.Message);
    }

    [Fact]
    public async Task Problem_details_keep_their_code_and_every_fault()
    {
        await using var server = await ScriptedServer.AnsweringAsync(422, """
            {"title":"Wrong.","status":422,"detail":"Route 'a' is wrong.","code":"api/unprocessable",
             "errors":[{"pointer":"/spec/path","message":"must begin with '/'","code":"out-of-range"},{"pointer":"/spec/x","message":"unknown","code":"unknown-field"}]}
            """);

        var failure = await Assert.ThrowsAsync<BanyanException>(() => server.Client().Resources.GetAsync(Route, None));

        Assert.Equal(("api/unprocessable", "Route 'a' is wrong."), (failure.Error.Code, failure.Message));
        Assert.Equal([new Fault("/spec/path", "must begin with '/'", "out-of-range"), new Fault("/spec/x", "unknown", "unknown-field")], failure.Faults);
    }

    [Fact]
    public async Task An_existing_object_is_told_from_other_conflicts()
    {
        await using var server = await ScriptedServer.AnsweringAsync(409, """{"code":"resources/already-exists","detail":"there"}""");

        var failure = await Assert.ThrowsAsync<BanyanException>(() => server.Client().Credentials.CreateAsync(new CredentialRequest("x", "reader", null, null), None));

        Assert.Equal(ErrorKind.AlreadyExists, failure.Error.Kind);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable_and_named()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var client = new BanyanClient(new HttpClient(new SocketsHttpHandler()) { BaseAddress = address });

        var failure = await Assert.ThrowsAsync<BanyanException>(() => client.KindsAsync(None));

        Assert.Equal(ClientErrors.Unreachable, failure.Error);
        Assert.Contains(address.ToString(), failure.Message);
    }

    [Fact]
    public async Task Something_that_is_no_banyan_server_is_told_as_such()
    {
        await using var server = await ScriptedServer.AnsweringAsync(200, "<html>hello</html>", "text/html");

        var failure = await Assert.ThrowsAsync<BanyanException>(() => server.Client().VersionAsync(None));

        Assert.Equal(ClientErrors.UnexpectedAnswer, failure.Error);
    }

    [Fact]
    public async Task Every_request_carries_the_credential_of_that_moment()
    {
        await using var server = await ScriptedServer.AnsweringAsync(200, "{}");
        var token = "one";
        var client = new BanyanClient(new HttpClient(new SocketsHttpHandler()) { BaseAddress = server.Address }, () => token);

        await client.VersionAsync(None);
        token = "two";
        await client.VersionAsync(None);

        Assert.Equal(["Bearer one", "Bearer two"], server.Requests.Select(r => r.Authorization));
    }

    [Fact]
    public async Task Writes_go_where_the_api_has_them()
    {
        await using var server = await ScriptedServer.AnsweringAsync(200, "{}");
        var client = server.Client();
        var document = new JsonObject { ["spec"] = new JsonObject() };

        await client.Resources.PutAsync(Route, document, "7", None);
        await client.Resources.PatchAsync(Route, document, null, None);
        await client.Resources.PutStatusAsync(Route, document, None);
        await client.Resources.DeleteAsync(new ResourceAddress("domains", null, "shop"), null, None);
        await client.Resources.ApplyAsync(Route, document, new ApplyOptions { Manager = "m/x", Force = true, DryRun = true }, None);
        await client.Credentials.RotateAsync("x", None);

        const string path = "/api/v1/domains/shop/routes/a%20b";
        Assert.Equal(
            [
                $"PUT {path}",
                $"PATCH {path}",
                $"PUT {path}/status",
                "DELETE /api/v1/domains/shop",
                $"POST {path}:apply?manager=m%2Fx&force=true&dryRun=true",
                "POST /api/v1/credentials/x:rotate",
            ],
            server.Requests.Select(r => $"{r.Method} {r.Target.Replace("a b", "a%20b", StringComparison.Ordinal)}"));
        Assert.Equal("\"7\"", server.Requests[0].IfMatch);
        Assert.Equal("application/merge-patch+json", server.Requests[1].ContentType);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_to_its_end()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.Response.WriteAsync(
            context.Request.Query["continue"] == "next"
                ? """{"items":[{"metadata":{"name":"c"}}],"revision":9}"""
                : """{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"revision":9,"continue":"next"}"""));

        var page = await server.Client().Resources.ListAsync("routes", "shop", "tier=critical", None);

        Assert.Equal(["a", "b", "c"], page.Items.Select(i => (string?)i["metadata"]!["name"]));
        Assert.Equal((9, null), (page.Revision, page.Continue));
        Assert.All(server.Requests, r => Assert.Contains("labelSelector=tier%3Dcritical", r.Target));
    }

    [Fact]
    public async Task A_watch_gives_changes_with_their_revisions_and_ends_with_the_stream()
    {
        await using var server = await ScriptedServer.AnsweringAsync(
            200,
            "event: put\nid: 5\ndata: {\"metadata\":{\"name\":\"a\"}}\n\nevent: progress\nid: 6\ndata: {}\n\nevent: delete\nid: 7\ndata: {\"metadata\":{\"name\":\"a\"}}\n\n",
            "text/event-stream");

        var events = new List<(string, long, string?)>();
        await foreach (var e in server.Client().Resources.WatchAsync("routes", null, null, 4, None))
        {
            events.Add((e.Type, e.Revision, (string?)e.Object?["metadata"]?["name"]));
        }

        Assert.Equal([("put", 5, "a"), ("progress", 6, null), ("delete", 7, "a")], events);
        Assert.Contains("watch=true&after=4", Assert.Single(server.Requests).Target);
    }

    [Fact]
    public async Task An_instance_watch_begins_with_everything()
    {
        await using var server = await ScriptedServer.AnsweringAsync(
            200,
            "event: reset\ndata: {\"changed\":[{\"domain\":\"d\",\"service\":\"s\",\"id\":\"1\",\"host\":\"h\",\"port\":8,\"state\":\"up\"}]}\n\nevent: delta\ndata: {\"removed\":[{\"domain\":\"d\",\"service\":\"s\",\"id\":\"1\"}]}\n\n",
            "text/event-stream");

        var changes = new List<InstanceChange>();
        await foreach (var change in server.Client().Instances.WatchAsync("d", None))
        {
            changes.Add(change);
        }

        Assert.True(changes[0].Reset);
        Assert.Equal(("up", 8), (changes[0].Changed![0].State, changes[0].Changed![0].Port));
        Assert.False(changes[1].Reset);
        Assert.Equal(new InstanceAddress("d", "s", "1"), Assert.Single(changes[1].Removed!));
    }

    [Fact]
    public async Task A_registration_says_only_what_is_known()
    {
        await using var server = await ScriptedServer.AnsweringAsync(200, "{}");

        await server.Client().Instances.RegisterAsync(
            new InstanceAddress("d", "s", "s-1"),
            new InstanceRegistration { Host = "127.0.0.1", Port = 80, Check = new InstanceCheck { Tcp = new TcpCheck(), Interval = "2s" } },
            None);

        var request = Assert.Single(server.Requests);
        Assert.Equal("PUT /api/v1/domains/d/services/s/instances/s-1", $"{request.Method} {request.Target}");
        Assert.Equal("""{"host":"127.0.0.1","port":80,"check":{"tcp":{},"interval":"2s"}}""", request.Body);
    }

    [Theory]
    [InlineData(201, "", """{"metadata":{}}""", "created")]
    [InlineData(200, "unchanged", """{"metadata":{}}""", "unchanged")]
    [InlineData(200, "", """{"outcome":"updated","object":{"metadata":{}},"diff":[{"path":"/spec"}]}""", "updated")]
    public async Task An_apply_says_what_it_did(int status, string header, string body, string outcome)
    {
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (header.Length > 0)
            {
                context.Response.Headers["Banyan-Outcome"] = header;
            }

            return context.Response.WriteAsync(body);
        });

        var result = await server.Client().Resources.ApplyAsync(Route, [], new ApplyOptions(), None);

        Assert.Equal(outcome, result.Outcome);
        Assert.NotNull(result.Object["metadata"]);
    }

    [Fact]
    public void A_token_never_shows_in_text() => Assert.DoesNotContain("bny_secret", new IssuedCredential("x", "reader", "bny_secret").ToString());
}
