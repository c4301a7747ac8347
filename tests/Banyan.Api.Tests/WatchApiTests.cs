using System.Text;
using System.Text.Json.Nodes;
using Banyan.Testing;
using static Banyan.Api.Tests.ApiServer;

namespace Banyan.Api.Tests;

public sealed class WatchApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Watch_streams_changes_and_resumes_by_the_last_id()
    {
        await server.Send("PUT", "/api/v1/domains/seen", "{}");
        var start = (long)(await Json(await server.Send("GET", "/api/v1/domains/seen/crates")))["revision"]!;
        const string path = "/api/v1/domains/seen/crates";
        await using var events = await Stream.OpenAsync(server, $"{path}?watch=true&after={start}");
        await server.Send("PUT", $"{path}/a", """{"spec":{"size":1}}""");
        await server.Send("PUT", $"{path}/b", """{"spec":{"colour":"red\nblue"}}""");
        await server.Send("DELETE", $"{path}/a");

        var first = await events.NextAsync();
        var second = await events.NextAsync();
        var third = await events.NextAsync();
        Assert.Equal(["put", "put", "delete"], new[] { first.Type, second.Type, third.Type });
        Assert.Equal(first.Id, (string?)first.Data["metadata"]!["revision"]!.ToString());
        Assert.Equal("red\nblue", (string?)second.Data["spec"]!["colour"]);
        Assert.Equal(("seen", "a"), ((string?)third.Data["metadata"]!["domain"], (string?)third.Data["metadata"]!["name"]));

        await using var resumed = await Stream.OpenAsync(server, $"{path}?watch=true&after={start}", ("Last-Event-ID", first.Id!));
        Assert.Equal((second.Type, second.Id), (await resumed.NextAsync()) is var s ? (s.Type, s.Id) : default);
        Assert.Equal(third.Id, (await resumed.NextAsync()).Id);
    }

    [Fact]
    public async Task Watch_that_misses_nothing_while_many_write()
    {
        await server.Send("PUT", "/api/v1/domains/busy", "{}");
        const string path = "/api/v1/domains/busy/crates";
        var start = (long)(await Json(await server.Send("GET", path)))["revision"]!;
        await using var events = await Stream.OpenAsync(server, $"{path}?watch=true&after={start}");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => server.Send("PUT", $"{path}/c{i}", "{}")));
        var names = new HashSet<string>();
        var last = start;
        while (names.Count < 50)
        {
            var e = await events.NextAsync();
            Assert.True(long.Parse(e.Id!, System.Globalization.CultureInfo.InvariantCulture) > last);
            last = long.Parse(e.Id!, System.Globalization.CultureInfo.InvariantCulture);
            names.Add((string)e.Data["metadata"]!["name"]!);
        }
    }

    [Fact]
    public async Task Watch_after_a_compacted_revision_is_410()
    {
        var start = (long)(await Json(await server.Send("GET", "/api/v1/crates")))["revision"]!;
        await server.Send("PUT", "/api/v1/domains/old1", "{}");
        await server.Send("PUT", "/api/v1/domains/old2", "{}");
        await server.Store.CompactAsync((await server.Store.StatusAsync(default)).Revision, default);
        var problem = await Problem(await server.Send("GET", $"/api/v1/domains?watch=true&after={start}"), 410, "resources/gone");
        Assert.Contains("List again", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_is_listed_filtered_and_watched()
    {
        await using var events = await Stream.OpenAsync(server, "/api/v1/audit?watch=true&kind=Domain&name=told");
        await server.Send("PUT", "/api/v1/domains/other", "{}");
        await server.Send("PUT", "/api/v1/domains/told", """{"spec":{"description":"x"}}""");
        var record = (await events.NextAsync()).Data;
        Assert.Equal(("replace", "told", "admin"), ((string?)record["verb"], (string?)record["name"], (string?)record["actor"]!["name"]));
        Assert.Equal("127.0.0.1", (string?)record["actor"]!["address"]);
        Assert.Equal("x", (string?)record["after"]!["spec"]!["description"]);

        var list = (await Json(await server.Send("GET", "/api/v1/audit?name=told")))["items"]!.AsArray();
        Assert.Equal((long)record["revision"]!, (long)Assert.Single(list)!["revision"]!);
    }

    [Fact]
    public async Task Stream_ends_when_the_server_stops()
    {
        using var own = new ApiServer();
        await own.StartAsync();
        await using var events = await Stream.OpenAsync(own, "/api/v1/domains?watch=true");
        await own.Host.StopAsync("test");
        await events.EndAsync();
        await own.DisposeAsync();
    }

    private sealed record Event(string Type, string? Id, JsonNode Data);

    /// <summary>Reads an event stream; progress marks are left out.</summary>
    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public static async Task<Stream> OpenAsync(ApiServer server, string path, params (string, string)[] headers)
        {
            var response = await server.Send("GET", path, null, headers);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);

            // The first comment says that the watch is being set up; from here on the test may write.
            Assert.Equal(":", await reader.ReadLineAsync());
            return new Stream(response, reader);
        }

        public async Task<Event> NextAsync()
        {
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            string type = string.Empty, data = string.Empty;
            string? id = null;
            while (true)
            {
                var line = await reader.ReadLineAsync(deadline.Token) ?? throw new EndOfStreamException();
                if (line.Length == 0 && type.Length > 0)
                {
                    if (type != "progress")
                    {
                        return new Event(type, id, JsonNode.Parse(data)!);
                    }

                    (type, data, id) = (string.Empty, string.Empty, null);
                }

                type = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : type;
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
                data += line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : string.Empty;
            }
        }

        public async Task EndAsync()
        {
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            while (await reader.ReadLineAsync(deadline.Token) is not null)
            {
            }
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
