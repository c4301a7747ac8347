using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Topology;

/// <summary>Two programs that know nothing of Banyan, the sidecar of one of them, and a server: each a process, and each may die.</summary>
public sealed partial class SidecarTests : IAsyncLifetime
{
    private const string Documents = """
        apiVersion: banyan/v1
        kind: Service
        metadata: { name: pets }
        spec: { protocol: http }
        ---
        apiVersion: banyan/v1
        kind: Service
        metadata: { name: orders }
        spec: { protocol: http }
        """;

    private const string Limited = """
        apiVersion: banyan/v1
        kind: TrafficPolicy
        metadata: { name: pets }
        spec: { service: pets, rateLimits: [{ name: three, key: all, requests: 3, per: 24h, burst: 3, shared: true }] }
        """;

    private readonly TempDirectory _directory = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private BanyanServer _server = null!;
    private EchoService _pets = null!;
    private EchoService _orders = null!;

    public async Task InitializeAsync()
    {
        _server = await BanyanServer.StartAsync(_directory["server"]);
        _pets = await EchoService.StartAsync("pets");
        _orders = await EchoService.StartAsync("orders");
        await _server.ApplyAsync(Documents);
        await _server.RegisterAsync("orders", "o1", _orders.Port);
        await _server.UpAsync("orders", "o1");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _pets.DisposeAsync();
        await _orders.DisposeAsync();
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Program_calls_others_by_name_and_by_port_with_the_rights_of_its_service_alone()
    {
        var port = FreePort.Next();
        await using var sidecar = await StartAsync("--port", $"{port}=orders");
        using var proxied = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(Url(sidecar, "outbound")), UseProxy = true });

        Assert.Equal("orders GET /by-name", await proxied.GetStringAsync(new Uri("http://orders/by-name")));
        Assert.Equal("orders GET /by-port", await _http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/by-port")));
        using var unknown = await proxied.GetAsync(new Uri("http://carts/"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("gateway/unknown-service", JsonDocument.Parse(await unknown.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Sidecar_tells_of_itself_to_whoever_has_its_own_token()
    {
        await using var sidecar = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Admin(sidecar), "/metrics"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(_directory["pets.token"])).Trim());
        using var told = await _http.SendAsync(request);
        Assert.Contains("banyan_sidecar_active", await told.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var other = new HttpRequestMessage(HttpMethod.Get, new Uri(Admin(sidecar), "/metrics"));
        other.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(_server.TokenFile)).Trim());
        using var refused = await _http.SendAsync(other);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Policy_of_the_service_bounds_what_reaches_the_program()
    {
        await using var sidecar = await StartAsync("--inbound", "127.0.0.1:0");
        await _server.ApplyAsync(Limited);

        // How many pass before the policy is in force is not known; afterwards no more than its burst do.
        await Eventually.True(async () => await StatusAsync(Url(sidecar, "inbound")) == HttpStatusCode.TooManyRequests, "the limit to hold");
        (await _server.CliAsync("delete", "trafficpolicy", "pets")).Must(0);
        await Eventually.True(async () => await StatusAsync(Url(sidecar, "inbound")) == HttpStatusCode.OK, "the limit to be gone");
    }

    [Fact]
    public async Task Requests_are_answered_while_the_server_is_dead()
    {
        await using var sidecar = await StartAsync("--inbound", "127.0.0.1:0");
        using var proxied = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(Url(sidecar, "outbound")), UseProxy = true });
        Assert.Equal("orders GET /1", await proxied.GetStringAsync(new Uri("http://orders/1")));

        _server.Process.Kill();
        await sidecar.WaitForOutputAsync("The last known list stays in use");
        Assert.Equal("orders GET /2", await proxied.GetStringAsync(new Uri("http://orders/2")));
        Assert.Equal("pets GET /3", await _http.GetStringAsync(new Uri(Url(sidecar, "inbound"), "/3")));
    }

    [Fact]
    public async Task Killed_sidecar_comes_back_as_the_same_instance()
    {
        var inbound = FreePort.Next();
        await using var first = await StartAsync("--inbound", $"127.0.0.1:{inbound}");
        var instance = await RegisteredAsync();
        first.KillAlone();
        await first.WaitForExitAsync();

        await using var second = await StartAsync("--inbound", $"127.0.0.1:{inbound}");
        await second.WaitForOutputAsync("is registered at");
        Assert.Equal(instance, await RegisteredAsync());
        await Eventually.True(async () => await GatewayAsync() == "pets GET /pets", "the gateway to reach the program through the sidecar");
    }

    [Fact]
    public async Task Told_to_stop_it_leaves_the_registry_and_ends_in_order()
    {
        await using var sidecar = await StartAsync("--inbound", "127.0.0.1:0");
        await RegisteredAsync();
        Signals.Send(sidecar.Id, Signals.Terminate);

        Assert.Equal(ExitCodes.Success, await sidecar.WaitForExitAsync());
        Assert.Empty(await InstancesAsync());
    }

    [Fact]
    public async Task Gateway_and_sidecar_run_in_one_process_side_by_side()
    {
        await using var both = await BanyanServer.StartAsync(_directory["both"], "all,sidecar", null, "sidecar.outbound=127.0.0.1:0");
        await both.ApplyAsync(Documents);
        await both.ApplyAsync("{ apiVersion: banyan/v1, kind: Route, metadata: { name: orders }, spec: { path: /orders, service: { name: orders } } }");
        await both.RegisterAsync("orders", "o1", _orders.Port);
        using var proxied = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(Url(both.Process, "outbound")), UseProxy = true });

        await Eventually.True(async () => await TextAsync(proxied, new Uri("http://orders/1")) == "orders GET /1", "the sidecar to lead to the service");
        await Eventually.True(async () => await TextAsync(_http, new Uri(both.Gateway!, "/orders")) == "orders GET /orders", "the gateway to lead to the service");
        Assert.Equal(0, await both.StopAsync());
    }

    private static async Task<string> TextAsync(HttpClient client, Uri uri)
    {
        using var answer = await client.GetAsync(uri);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<TestProcess> StartAsync(params string[] arguments)
    {
        var token = _directory["pets.token"];
        if (!File.Exists(token))
        {
            (await _server.CliAsync("credentials", "create", "pets", "--role", "service", "--domain", "default", "--service", "pets", "--out", token)).Must(0);
        }

        var sidecar = TestProcess.Start(
            BanyanBinary.Path,
            [
                "sidecar", "pets", "--server", _server.Http.ToString(), "--grpc", _server.Grpc.ToString(), "--token-file", token, "--outbound", "127.0.0.1:0",
                "--app", $"127.0.0.1:{_pets.Port}", "--set", "sidecar.drainDelay=0s", .. arguments,
            ],
            BanyanBinary.Environment());
        await sidecar.WaitForOutputAsync("Running; HTTP on");
        await Eventually.True(async () => await StatusAsync(new Uri(Admin(sidecar), "/readyz")) == HttpStatusCode.OK, $"the sidecar to be ready; it wrote {sidecar.Output}");
        return sidecar;
    }

    private static Uri Admin(TestProcess sidecar) => new(AdminLine().Match(sidecar.Output).Groups[1].Value);

    private static Uri Url(TestProcess sidecar, string face) => new(FaceLine().Matches(sidecar.Output).Single(m => m.Groups[2].Value == face).Groups[1].Value);

    private async Task<HttpStatusCode> StatusAsync(Uri uri)
    {
        using var answer = await _http.GetAsync(uri);
        return answer.StatusCode;
    }

    private async Task<string> RegisteredAsync()
    {
        var ids = Array.Empty<string>();
        await Eventually.True(async () => (ids = await InstancesAsync()).Length > 0, "the sidecar to be registered");
        return Assert.Single(ids);
    }

    private async Task<string[]> InstancesAsync()
    {
        using var answer = await _server.SendAsync(HttpMethod.Get, "/api/v1/domains/default/services/pets/instances");
        return [.. JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
    }

    private async Task<string> GatewayAsync()
    {
        await _server.ApplyAsync("{ apiVersion: banyan/v1, kind: Route, metadata: { name: pets }, spec: { path: /pets, service: { name: pets } } }");
        using var answer = await _http.GetAsync(new Uri(_server.Gateway!, "/pets"));
        return await answer.Content.ReadAsStringAsync();
    }

    [GeneratedRegex(@"HTTP on (http://\S+?)/?,")]
    private static partial Regex AdminLine();

    [GeneratedRegex(@"Sidecar listens on (http://\S+?)/? \((\S+?)\)")]
    private static partial Regex FaceLine();
}
