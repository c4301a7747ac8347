using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Store;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Api.Tests;

/// <summary>A real host on real ports with the module api over a memory store, and clients with each role's credential.</summary>
public sealed class ApiServer : IAsyncLifetime, IDisposable
{
    private readonly SocketsHttpHandler _handler = new();
    private readonly List<string> _log = [];
    private ModuleHost? _host;

    public TempDirectory Data { get; } = new();

    public IStore Store { get; } = new MemoryStore(TimeProvider.System);

    public ModuleHost Host => _host!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Reader { get; private set; } = null!;

    public HttpClient Service { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public string AdminToken => File.ReadAllText(Data["admin.token"]).Trim();

    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public async Task InitializeAsync()
    {
        await StartAsync();
        var service = await Host.Services.GetRequiredService<ICredentials>()
            .CreateAsync("svc-" + Guid.NewGuid().ToString("N")[..8], ActorRole.Service, "default", "pets", Actor.System, default);
        Service = Client(service.Token);
    }

    public async Task StartAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["host.http"] = "127.0.0.1:0",
            ["host.grpc"] = "127.0.0.1:0",
            ["host.data"] = Data.Path,
        };
        IModule[] modules = [new MemoryStoreModule(Store), new ApiModule()];
        _host = await ModuleHost.StartAsync(modules, settings, builder =>
        {
            builder.Log = line =>
            {
                lock (_log)
                {
                    _log.Add(line);
                }
            };
            builder.ConfigureServices(services => services.AddBanyanHttp().AddKind(new CrateKind()));
            builder.ConfigurePipeline(app => app.UseBanyan());
        });
        Anonymous = Client(null);
        Admin = Client(AdminToken);
        Reader = Client((await File.ReadAllTextAsync(Data["reader.token"])).Trim());
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Host.HttpUrl };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public static async Task<HttpResponseMessage> Send(
        HttpClient client, string method, string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, type);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> Send(string method, string path, string? body = null, params (string, string)[] headers) =>
        Send(Admin, method, path, body, "application/json", headers);

    public static async Task<JsonObject> Json(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>Asserts a problem document with this status and code and returns it.</summary>
    public static async Task<JsonObject> Problem(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.NotEmpty((string)problem["traceId"]!);
        return problem;
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Store.DisposeAsync();
    }

    public void Dispose()
    {
        _handler.Dispose();
        Data.Dispose();
    }

    private sealed class MemoryStoreModule(IStore store) : IModule
    {
        public string Name => "store";

        public string Summary => "a store in memory";

        public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Store];

        // An object handed over, not a factory: the container must not dispose of it, because it outlives a host that a test starts again.
        public void AddServices(ModuleBuilder module) => module.Services.AddSingleton(store);
    }
}
