using System.Net.Http.Headers;
using System.Text;
using Banyan.Client.Registry;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Store;
using Banyan.Store.Memory;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests;

/// <summary>The registry on a real host with real ports, over a store that may outlive it.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    private readonly ModuleHost _host;
    private readonly List<IAsyncDisposable> _channels = [];

    private RegistryHost(ModuleHost host, string token) => (_host, Token) = (host, token);

    public string Token { get; }

    public Uri HttpUrl => _host.HttpUrl;

    public Uri GrpcUrl => _host.GrpcUrl;

    public IServiceProvider Services => _host.Services;

    public IInstanceDirectory Directory => Services.GetRequiredService<IInstanceDirectory>();

    public IInstanceRegistrar Registrar => Services.GetRequiredService<IInstanceRegistrar>();

    public static IStore NewStore() => new MemoryStore(TimeProvider.System);

    public static async Task<RegistryHost> StartAsync(IStore store, IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? replace = null, bool waitUntilReady = true, Action? storeStops = null)
    {
        var all = new Dictionary<string, string> { ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0", ["registry.lastStateDelay"] = "100ms" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }

        var host = await ModuleHost.StartAsync(
            [new StoreModule(store, storeStops), new RegistryModule { Replace = replace }],
            all,
            builder =>
            {
                builder.Log = _ => { };
                builder.ConfigureServices(s =>
                {
                    s.AddKind(new DomainKind());
                    s.AddSingleton<IKindSource>(new RegistryModule());
                });
                builder.ConfigurePipeline(app => app.UseBanyan());
            });
        var resources = host.Services.GetRequiredService<IResources>();
        if (await resources.GetAsync("domains", new ResourceName(null, "default"), CancellationToken.None) is null)
        {
            foreach (var domain in new[] { "default", "other" })
            {
                await resources.CreateAsync("domains", new ResourceName(null, domain), DomainKind.Document(domain), WriteContext.System, CancellationToken.None);
            }
        }

        var credentials = host.Services.GetRequiredService<ICredentials>();
        var issued = await credentials.CreateAsync($"admin-{Guid.NewGuid():N}"[..20], ActorRole.Administrator, null, null, Actor.System, CancellationToken.None);
        var result = new RegistryHost(host, issued.Token);
        if (waitUntilReady)
        {
            await Eventually.True(() => Task.FromResult(host.NotReadyBecause is null), "the registry is ready");
        }

        return result;
    }

    public async Task<string> TokenAsync(ActorRole role, string? domain = null, string? service = null) =>
        (await Services.GetRequiredService<ICredentials>().CreateAsync($"t-{Guid.NewGuid():N}"[..20], role, domain, service, Actor.System, CancellationToken.None)).Token;

    public GrpcChannel Channel(string? token = null)
    {
        var channel = new GrpcChannel(GrpcUrl, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = RemoteInstanceDirectory.MaxMessageSize,
            MetadataProvider = _ =>
            {
                var metadata = new GrpcMetadata();
                metadata.Add("authorization", $"Bearer {token ?? Token}");
                return ValueTask.FromResult<GrpcMetadata?>(metadata);
            },
        });
        _channels.Add(channel);
        return channel;
    }

    public HttpClient Http(string? token = null)
    {
        var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = HttpUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        return http;
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static RegisterRequest Request(string id, string service = "pets", int port = 9, TimeSpan? ttl = null, HealthCheck? check = null, string domain = "default") => new()
    {
        Instance = new Instance { Domain = domain, Service = service, Id = id, Host = "127.0.0.1", Port = (uint)port },
        Ttl = ttl is { } time ? Duration.FromTimeSpan(time) : null,
        Check = check,
    };

    /// <summary>A check whose first result decides, and that comes too seldom to be made again while a test runs: no slow moment of the machine changes the state.</summary>
    public static HealthCheck CheckedOnce() => new()
    {
        Http = new HttpProbe(),
        Interval = Duration.FromTimeSpan(TimeSpan.FromMinutes(2)),
        Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        Fall = 1,
        Rise = 1,
    };

    public static InstanceKey Key(string id, string service = "pets") => new() { Domain = "default", Service = service, Id = id };

    public async Task<Instance?> FindAsync(string id, string service = "pets") =>
        (await Directory.LookupAsync(new LookupRequest { Domain = "default", Service = service }, CancellationToken.None)).Instances.FirstOrDefault(i => i.Id == id);

    public Task<Instance> WaitForAsync(string id, InstanceState state, string service = "pets") => Eventually.Value(
        async () => await FindAsync(id, service) is { } instance && instance.State == state ? instance : null, $"{id} is {state}");

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            await channel.DisposeAsync();
        }

        await _host.DisposeAsync();
    }

    private sealed class StoreModule(IStore store, Action? stops) : IModule
    {
        public string Name => "store";

        public string Summary => "the test's store";

        public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Store];

        // As an instance: the container disposes what it makes itself, and this store outlives the host.
        public void AddServices(ModuleBuilder module) => module.Services.AddSingleton(store);

        public Task StopAsync(IServiceProvider services, CancellationToken cancellation)
        {
            stops?.Invoke();
            return Task.CompletedTask;
        }
    }
}
