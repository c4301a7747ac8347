using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Store;
using Banyan.Store.Remote;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Storage.Tests;

/// <summary>A real host on real ports with the module <c>store</c> alone, as <c>banyan server --target=store</c> runs it.</summary>
internal sealed class StorageHost : IAsyncDisposable
{
    private readonly ModuleHost _host;
    private readonly List<string> _log;

    private StorageHost(ModuleHost host, List<string> log) => (_host, _log) = (host, log);

    public IStore Store => _host.Services.GetRequiredService<IStore>();

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

    public static async Task<StorageHost> StartAsync(TempDirectory data, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0", ["host.data"] = data.Path };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var log = new List<string>();
        var host = await ModuleHost.StartAsync([new StorageModule()], all, builder =>
        {
            builder.Log = line =>
            {
                lock (log)
                {
                    log.Add(line);
                }
            };
            builder.ConfigurePipeline(app => app.UseBanyan());
        });
        return new StorageHost(host, log);
    }

    /// <summary>The store as another process sees it that shows this token, or none.</summary>
    public RemoteStore Connect(string? token) => new(new GrpcChannel(_host.GrpcUrl, new GrpcChannelOptions
    {
        MetadataProvider = _ => new(token is null ? null : new GrpcMetadata { { "authorization", "Bearer " + token } }),
    }));

    public async Task<string> ServiceTokenAsync() =>
        (await _host.Services.GetRequiredService<ICredentials>().CreateAsync("svc", ActorRole.Service, "default", "pets", Actor.System, CancellationToken.None)).Token;

    public static async Task<long> PutAsync(IStore store, string key) =>
        (await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, "v"u8.ToArray())), CancellationToken.None)).Revision;

    public static async Task<string[]> KeysAsync(IStore store) =>
        [.. (await store.RangeAsync(new RangeQuery(KeyRange.Prefix("test/")), CancellationToken.None)).Entries.Select(entry => entry.Key.ToString())];

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
