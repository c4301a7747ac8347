using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Functional.Tests.Topology;

/// <summary>Story S5: the same binary, each module a process of its own, speaking gRPC; nothing else differs.</summary>
public sealed class OneProcessAModuleTests : IDisposable
{
    private const string Documents = """
        apiVersion: banyan/v1
        kind: Service
        metadata: { name: echo }
        spec: { protocol: http }
        ---
        apiVersion: banyan/v1
        kind: Route
        metadata: { name: echo }
        spec: { path: /echo, service: { name: echo } }
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Five_processes_do_what_one_does() => await FiveProcessesAsync();

    [NeedsFact("etcd")]
    public async Task Five_processes_over_etcd_do_what_one_does()
    {
        await using var etcd = await EtcdCluster.StartAsync(1);

        await FiveProcessesAsync("store.engine=etcd", $"store.etcdEndpoints={etcd.Endpoints[0]}");
    }

    [NeedsFact("etcd")]
    public async Task All_in_one_over_etcd_routes_and_remembers()
    {
        await using var etcd = await EtcdCluster.StartAsync(1);
        string[] settings = ["store.engine=etcd", $"store.etcdEndpoints={etcd.Endpoints[0]}"];
        await using var echo = await EchoService.StartAsync("e1");
        await using (var first = await BanyanServer.StartAsync(_directory["one"], null, null, settings))
        {
            await first.ApplyAsync(Documents);
            await first.RegisterAsync("echo", "e1", echo.Port);
            await first.AnswersAsync("/echo/x", "e1 GET /echo/x");
            Assert.Equal(0, await first.StopAsync());
        }

        // Another process with the same directory and the same cluster: nothing but etcd remembers.
        await using var second = await BanyanServer.StartAsync(_directory["one"], null, null, settings);
        await second.AnswersAsync("/echo/y", "e1 GET /echo/y");
    }

    [Fact]
    public async Task Etcd_that_is_not_there_is_said_at_once()
    {
        await using var server = BanyanServer.Launch(_directory["none"], null, "store.engine=etcd", $"store.etcdEndpoints=http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(ExitCodes.Unreachable, await server.WaitForExitAsync());
        Assert.Contains("Module store failed:", server.Output, StringComparison.Ordinal);
        Assert.Contains("etcd", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Module_without_what_it_requires_does_not_start_and_says_what_to_set()
    {
        await using var server = BanyanServer.Launch(_directory["alone"], "gateway");

        Assert.Equal(ExitCodes.InvalidInput, await server.WaitForExitAsync());
        Assert.Contains("Module 'gateway' requires the contract", server.Output, StringComparison.Ordinal);
        Assert.Contains("--set store.address=http://HOST:PORT", server.Output, StringComparison.Ordinal);
    }

    private async Task FiveProcessesAsync(params string[] storeSettings)
    {
        // 1. The store first; then the API, which makes the credentials that everybody else shows.
        await using var store = await StartStoreAsync(storeSettings);
        var tokens = Path.Combine(_directory["store"], "admin.token");
        var toStore = $"store.address={store.Grpc}";
        await using var api = await BanyanServer.StartAsync(_directory["api"], "api", tokens, toStore, $"host.tokenFile={tokens}");
        await using var registry = await BanyanServer.StartAsync(_directory["registry"], "registry", tokens, toStore, $"host.tokenFile={tokens}");
        var toRegistry = $"registry.address={registry.Grpc}";
        await using var gateway = await BanyanServer.StartAsync(_directory["gateway"], "gateway", tokens, toStore, toRegistry, $"host.tokenFile={tokens}");
        await using var console = await BanyanServer.StartAsync(_directory["console"], "console", tokens, toStore, toRegistry, $"host.tokenFile={tokens}");
        BanyanServer[] all = [store, api, registry, gateway, console];
        Assert.Equal(5, all.Select(s => s.Process.Id).Distinct().Count());

        // 2. What a user does, each at the process that does it.
        await using var echo1 = await EchoService.StartAsync("e1");
        await using var echo2 = await EchoService.StartAsync("e2");
        Assert.Equal("service/echo created\nroute/echo created\n", (await api.CliAsync(Documents, ["apply", "-f", "-"])).Must(0).Out);
        await registry.RegisterAsync("echo", "e1", echo1.Port);
        await registry.RegisterAsync("echo", "e2", echo2.Port);
        await gateway.AnswersAsync("/echo/a", "e1 GET /echo/a");
        await gateway.AnswersAsync("/echo/a", "e2 GET /echo/a");

        // 3. An instance that says goodbye is out of the list in the process that forwards.
        using (var gone = await registry.SendAsync(HttpMethod.Delete, "/api/v1/domains/default/services/echo/instances/e1"))
        {
            Assert.Equal(System.Net.HttpStatusCode.NoContent, gone.StatusCode);
        }

        await Eventually.True(
            async () =>
            {
                var four = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GetAsync(gateway.Gateway!, "/echo/b")));
                return four.All(a => a == "e2 GET /echo/b");
            },
            "only e2 answers");
        foreach (var server in all)
        {
            await server.MustBeReadyAsync();
        }

        // 4. Everything stops in order when asked.
        foreach (var server in all.Reverse())
        {
            Assert.Equal(0, await server.StopAsync());
        }
    }

    private async Task<BanyanServer> StartStoreAsync(string[] settings) => await BanyanServer.StartAsync(_directory["store"], "store", null, settings);

    private static async Task<string> GetAsync(Uri gateway, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(new Uri(gateway, path));
        return await answer.Content.ReadAsStringAsync();
    }
}
