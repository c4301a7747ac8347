using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Storage.Engines;
using Banyan.Store;
using Banyan.Store.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Storage;

/// <summary>Opens the store and serves it to other processes over gRPC.</summary>
public sealed class StorageModule : IModule
{
    /// <inheritdoc/>
    public string Name => "store";

    /// <inheritdoc/>
    public string Summary => "opens the store (embedded, memory or etcd) and serves it to other processes";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Store];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<StorageOptions>((options, faults) =>
        {
            if (options.HistoryRevisions < 1)
            {
                faults.Add("historyRevisions", "must be at least 1");
            }

            foreach (var address in options.EtcdEndpoints.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                {
                    faults.Add("etcdEndpoints", $"'{address}' is not an address like http://127.0.0.1:2379");
                }
            }
        });
        module.Services.AddBanyanHttp();
        module.Services.AddBanyanGrpc();
        module.Services.AddSingleton<EngineOpener>();
        module.Services.AddSingleton<OpenedStore>();
        module.Services.AddSingleton<IStore>(services => services.GetRequiredService<OpenedStore>());
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints) =>
        endpoints.Grpc.MapGrpcService(StoreService.Over(endpoints.Services.GetRequiredService<OpenedStore>())).RequireRole(ActorRole.Administrator);

    /// <inheritdoc/>
    public async Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        services.GetRequiredService<OpenedStore>().Open(await services.GetRequiredService<EngineOpener>().OpenAsync(cancellation));

        // Whoever calls the store needs a credential, and credentials are in the store: the first one is made where the store is.
        await services.GetRequiredService<TokenFiles>().PrepareAsync(services.GetRequiredService<HostOptions>().Data, cancellation);
    }

    // No StopAsync: the engine is closed when the process's services are disposed, after everything that follows the store has let go of it.
}
