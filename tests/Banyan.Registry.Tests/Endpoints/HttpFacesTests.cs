using System.Net;
using System.Text.Json;
using Banyan.Contracts.Registry.V1;
using Banyan.Resources;

namespace Banyan.Registry.Tests.Endpoints;

public sealed class HttpFacesTests : IAsyncLifetime
{
    private const string Pets = "/api/v1/domains/default/services/pets/instances";

    private RegistryHost _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(RegistryHost.NewStore());
        _http = _host.Http();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Register_lookup_heartbeat_drain_and_delete_over_plain_http()
    {
        var put = await _http.PutAsync($"{Pets}/a", RegistryHost.Json("""{"host":"127.0.0.1","port":8001,"zone":"z1","version":"1.2","metadata":{"pid":"77"},"ttl":"15s"}"""));
        var registered = await ReadAsync(put, HttpStatusCode.OK);
        Assert.Equal("up", registered.GetProperty("state").GetString());
        Assert.Equal("5s", registered.GetProperty("heartbeatInterval").GetString());

        var list = await ReadAsync(await _http.GetAsync(Pets), HttpStatusCode.OK);
        var item = Assert.Single(list.GetProperty("items").EnumerateArray().ToArray());
        Assert.Equal("default pets a 127.0.0.1 8001 http z1 100 1.2 77 True", string.Join(' ',
            item.GetProperty("domain"), item.GetProperty("service"), item.GetProperty("id"), item.GetProperty("host"), item.GetProperty("port"), item.GetProperty("scheme"),
            item.GetProperty("zone"), item.GetProperty("weight"), item.GetProperty("version"), item.GetProperty("metadata").GetProperty("pid"), item.GetProperty("leased")));

        var beat = await ReadAsync(await _http.PostAsync($"{Pets}/a:heartbeat", RegistryHost.Json("""{"state":"down","reason":"no disk"}""")), HttpStatusCode.OK);
        Assert.Equal("down", beat.GetProperty("state").GetString());
        Assert.Equal("up", (await ReadAsync(await _http.PostAsync($"{Pets}/a:heartbeat", RegistryHost.Json("""{"state":"up"}""")), HttpStatusCode.OK)).GetProperty("state").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync($"{Pets}/a:drain", RegistryHost.Json("""{"reason":"rollout"}"""))).StatusCode);
        var drained = await ReadAsync(await _http.GetAsync($"{Pets}/a"), HttpStatusCode.OK);
        Assert.Equal("draining rollout", $"{drained.GetProperty("state")} {drained.GetProperty("reason")}");

        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync($"{Pets}/a")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync($"{Pets}/a")).StatusCode);
        Assert.Empty((await ReadAsync(await _http.GetAsync(Pets), HttpStatusCode.OK)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Heartbeat_of_an_unknown_instance_says_register_again()
    {
        var problem = await ReadAsync(await _http.PostAsync($"{Pets}/nobody:heartbeat", null), HttpStatusCode.NotFound);

        Assert.Equal("registry/instance-not-found", problem.GetProperty("code").GetString());
        Assert.Contains("Register it again", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_with_many_faults_tells_all_of_them_with_pointers()
    {
        var put = await _http.PutAsync(
            $"{Pets}/a",
            RegistryHost.Json("""{"host":"no host!","port":70000,"weigth":5,"weight":0,"ttl":"soon","check":{"http":{"path":"x"},"tcp":{},"timeout":"9s"},"metadata":{"a":1}}"""));

        var problem = await ReadAsync(put, HttpStatusCode.UnprocessableEntity);

        var faults = problem.GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("pointer")} {e.GetProperty("code")}").Order(StringComparer.Ordinal);
        Assert.Equal(
            ["/check duplicate", "/check/timeout out-of-range", "/host bad-name", "/metadata/a wrong-type", "/port out-of-range", "/ttl wrong-type", "/weight out-of-range", "/weigth unknown-field"],
            faults);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("null", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"host":"h","port":-1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"host":"h","port":1e400}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"host":"h","port":80,"ttl":"99999999999999999999h"}""", HttpStatusCode.UnprocessableEntity)]
    public async Task Register_with_a_broken_body_is_refused(string body, HttpStatusCode expected)
    {
        var put = await _http.PutAsync($"{Pets}/a", RegistryHost.Json(body));

        Assert.Equal(expected, put.StatusCode);
        Assert.Null(await _host.FindAsync("a"));
    }

    [Fact]
    public async Task Register_in_a_domain_that_does_not_exist_is_refused()
    {
        var put = await _http.PutAsync("/api/v1/domains/nowhere/services/pets/instances/a", RegistryHost.Json("""{"host":"h","port":80}"""));

        var problem = await ReadAsync(put, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("/domain", problem.GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task Body_beyond_the_limit_is_refused()
    {
        var put = await _http.PutAsync($"{Pets}/a", RegistryHost.Json("{\"host\":\"" + new string('x', 300_000) + "\"}"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, put.StatusCode);
    }

    [Fact]
    public async Task Event_stream_begins_with_a_reset_and_goes_on_with_deltas()
    {
        await _host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromSeconds(60)), CancellationToken.None);
        using var response = await _http.GetAsync("/api/v1/instances?domain=default&watch=true", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        var (kind, data) = await ReadEventAsync(reader);
        Assert.Equal("reset", kind);
        Assert.Equal("a", data.GetProperty("changed")[0].GetProperty("id").GetString());
        await _host.Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        (kind, data) = await ReadEventAsync(reader);

        Assert.Equal("delta", kind);
        Assert.Equal("a", data.GetProperty("removed")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Service_credential_registers_its_own_service_only()
    {
        using var own = _host.Http(await _host.TokenAsync(ActorRole.Service, "default", "pets"));
        var body = """{"host":"127.0.0.1","port":80,"ttl":"15s"}""";

        Assert.Equal(HttpStatusCode.OK, (await own.PutAsync($"{Pets}/a", RegistryHost.Json(body))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await own.PutAsync("/api/v1/domains/default/services/walks/instances/a", RegistryHost.Json(body))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await own.PutAsync("/api/v1/domains/other/services/pets/instances/a", RegistryHost.Json(body))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await own.DeleteAsync("/api/v1/domains/default/services/walks/instances/a")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("/api/v1/domains/default/services/walks/instances")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await own.GetAsync("/api/v1/instances")).StatusCode);
    }

    [Fact]
    public async Task Reader_reads_and_registers_nothing()
    {
        using var reader = _host.Http(await _host.TokenAsync(ActorRole.Reader));

        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/api/v1/instances")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsync($"{Pets}/a", RegistryHost.Json("""{"host":"h","port":80}"""))).StatusCode);
    }

    [Fact]
    public async Task Without_credential_nothing_is_answered()
    {
        using var nobody = _host.Http();
        nobody.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/v1/instances")).StatusCode);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<(string Kind, JsonElement Data)> ReadEventAsync(StreamReader reader)
    {
        string kind = string.Empty, data = string.Empty;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                kind = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line[6..];
            }
        }

        return (kind, JsonDocument.Parse(data).RootElement);
    }
}
