using System.Net;
using System.Text.Json.Nodes;
using Banyan.Console.State;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Registry;
using Banyan.Resources;
using Banyan.Store;
using Banyan.Store.Memory;
using Google.Protobuf.WellKnownTypes;
using ICredentials = Banyan.Http.Authentication.ICredentials;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Console.Tests;

/// <summary>The console on a host in this process, with the real registry and the real kinds over a store in memory.</summary>
internal sealed class RunningConsole : IAsyncDisposable
{
    private readonly ModuleHost _host;

    private RunningConsole(ModuleHost host, string admin, string reader, string service) => (_host, Admin, Reader, Service) = (host, admin, reader, service);

    public string Admin { get; }

    public string Reader { get; }

    public string Service { get; }

    public Uri Url => _host.HttpUrl;

    public IResources Resources => _host.Services.GetRequiredService<IResources>();

    public ICredentials Credentials => _host.Services.GetRequiredService<ICredentials>();

    public IInstanceRegistrar Registrar => _host.Services.GetRequiredService<IInstanceRegistrar>();

    public static Task<RunningConsole> StartAsync(params (string Key, string Value)[] settings) => StartAsync([], settings);

    /// <summary>With other modules beside it.</summary>
    public static async Task<RunningConsole> StartAsync(IModule[] others, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0", ["console.updateInterval"] = "50ms" };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var host = await ModuleHost.StartAsync([new StoreModule(), new RegistryModule(), new ConsoleModule(), .. others], all, builder =>
        {
            builder.Log = _ => { };
            builder.ConfigureServices(services =>
            {
                services.AddSingleton(new Random(1));
                services.AddSingleton<ResourceKind>(new DomainKind());
                foreach (var kind in new RegistryModule().Kinds.Concat(new GatewayModule().Kinds))
                {
                    services.AddSingleton(kind);
                }
            });
            builder.ConfigurePipeline(app => app.UseBanyan());
        });
        await Banyan.Testing.Eventually.True(() => host.NotReadyBecause is null, "the host is ready");
        var credentials = host.Services.GetRequiredService<ICredentials>();
        var admin = await credentials.CreateAsync("operator", ActorRole.Administrator, null, null, Actor.System, default);
        var reader = await credentials.CreateAsync("reader", ActorRole.Reader, null, null, Actor.System, default);
        var service = await credentials.CreateAsync("pets-service", ActorRole.Service, "default", "pets", Actor.System, default);
        var console = new RunningConsole(host, admin.Token, reader.Token, service.Token);
        await console.ApplyAsync("domains", null, "default", "{}");
        return console;
    }

    public Task ApplyAsync(string plural, string? domain, string name, string spec)
    {
        var kind = Resources.Kinds.Get(plural).Name;
        var document = new JsonObject
        {
            ["apiVersion"] = "banyan/v1",
            ["kind"] = kind,
            ["metadata"] = domain is null ? new JsonObject { ["name"] = name } : new JsonObject { ["domain"] = domain, ["name"] = name },
            ["spec"] = JsonNode.Parse(spec),
        };
        return Resources.ApplyAsync(plural, new ResourceName(domain, name), document, new WriteContext(new Actor("operator", ActorRole.Administrator, null, null, "127.0.0.1")) { FieldManager = "cli" }, default);
    }

    /// <summary>Registers an instance with a lease and lets it say of itself that it is up or, with a reason, down.</summary>
    public async Task RegisterAsync(string service, string id, int port, string? downBecause = null, string version = "1.4.0", string? pid = null)
    {
        var instance = new Instance { Domain = "default", Service = service, Id = id, Host = "127.0.0.1", Port = (uint)port, Version = version, Zone = "zone-a" };
        if (pid is not null)
        {
            instance.Metadata["pid"] = pid;
        }

        await Registrar.RegisterAsync(new RegisterRequest { Instance = instance, Ttl = Duration.FromTimeSpan(TimeSpan.FromHours(1)) }, default);
        await SayAsync(service, id, downBecause);
    }

    public async Task SayAsync(string service, string id, string? downBecause)
    {
        var key = new InstanceKey { Domain = "default", Service = service, Id = id };
        await Registrar.HeartbeatAsync(
            new HeartbeatRequest { Key = key, Self = downBecause is null ? InstanceState.Up : InstanceState.Down, Reason = downBecause ?? string.Empty }, default);
    }

    /// <summary>The sample's three services with one instance down and one draining, two good routes and one that leads nowhere.</summary>
    public async Task FillAsync()
    {
        await ApplyAsync("services", "default", "monolith", """{"description":"Pages and everything not yet taken out","owner":"web","tier":"1","protocol":"http"}""");
        await ApplyAsync("services", "default", "pets", """{"description":"Pets and who they belong to","owner":"animals","system":"petworking","tier":"1","protocol":"http"}""");
        await ApplyAsync("services", "default", "walks", """{"description":"Walks and who joins them","owner":"outdoors","system":"petworking","tier":"2","protocol":"http","uses":[{"service":"pets"}]}""");
        await ApplyAsync("services", "default", "photos", """{"description":"Pictures, resized","owner":"media","tier":"3","protocol":"http","check":{"http":{"path":"/healthz"},"interval":"2s","timeout":"1s"}}""");
        await ApplyAsync("routes", "default", "home", """{"path":"/","service":{"name":"monolith"}}""");
        await ApplyAsync("routes", "default", "pets", """{"hosts":["shop.example","*.shop.example"],"path":"/pets","service":{"name":"pets"},"timeout":"30s"}""");
        await ApplyAsync("routes", "default", "walks", """{"path":"/walks","service":{"name":"walks"}}""");
        await ApplyAsync("routes", "default", "photos", """{"path":"/photos","service":{"name":"photos"},"stripPrefix":true}""");
        await ApplyAsync("routes", "default", "pets", """{"hosts":["shop.example"],"path":"/pets","service":{"name":"pets"},"timeout":"10s"}""");
        await RegisterAsync("monolith", "monolith-1", 5001);
        await RegisterAsync("pets", "pets-1", 5011, pid: "41207");
        await RegisterAsync("pets", "pets-2", 5012, "cannot reach its database", pid: "41213");
        await RegisterAsync("pets", "pets-3", 5013, version: "1.5.0-rc1", pid: "41219");
        await RegisterAsync("walks", "walks-1", 5021, version: "0.9.2");
        await RegisterAsync("walks", "walks-2", 5022, version: "0.9.2");
        await Registrar.DrainAsync(new DrainRequest { Key = new InstanceKey { Domain = "default", Service = "walks", Id = "walks-2" }, Reason = "release 0.9.3" }, default);
        await HeardAsync(HasHeardAll);
    }

    /// <summary>Waits until the console has heard: each source comes by its own way, and a page is whole only when the last of them has told its last.</summary>
    public Task HeardAsync(Func<ConsoleSnapshot, bool> all)
    {
        var live = _host.Services.GetRequiredService<LiveState>();
        return Banyan.Testing.Eventually.True(() => all(live.Now), "the console has heard of everything");
    }

    private static bool HasHeardAll(ConsoleSnapshot now)
    {
        var states = string.Join(' ', now.Instances.Values.OrderBy(i => i.Id, StringComparer.Ordinal).Select(i => i.State));
        return states == "Up Up Down Up Up Draining"
            && now.Documents("services").Count == 4
            && now.Documents("routes").Count == 4
            && now.Documents("routes")[new ResourceName("default", "pets")]["spec"]!["timeout"]!.GetValue<string>() == "10s"
            && now.Changes.Count(c => c.Kind is "Service" or "Route") == 9;
    }

    /// <summary>A browser without a screen: keeps cookies, follows nothing.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Url };

    public async Task<HttpClient> SignedInAsync(string token)
    {
        var browser = Browser();
        using var answer = await SignInAsync(browser, token);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    public Task<HttpResponseMessage> SignInAsync(HttpClient browser, string token) => PostAsync(browser, "/signin", Url.GetLeftPart(UriPartial.Authority), ("token", token));

    public static Task<HttpResponseMessage> PostAsync(HttpClient browser, string place, string? origin, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, place) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return browser.SendAsync(request);
    }

    public static async Task<string> SeesAsync(HttpClient browser, string place, string text)
    {
        var last = string.Empty;
        await Banyan.Testing.Eventually.True(async () => (last = await (await browser.GetAsync(place)).Content.ReadAsStringAsync()).Contains(text, StringComparison.Ordinal), $"'{text}' on {place}");
        return last;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private sealed class StoreModule : IModule
    {
        public string Name => "store";

        public string Summary => "a store in memory";

        public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Store];

        public void AddServices(ModuleBuilder module) => module.Services.AddSingleton<IStore>(new MemoryStore(TimeProvider.System));
    }
}
