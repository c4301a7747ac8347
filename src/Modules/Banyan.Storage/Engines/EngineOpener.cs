using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Store.Etcd;
using Banyan.Store.Memory;
using Microsoft.Extensions.Logging;

namespace Banyan.Storage.Engines;

/// <summary>Opens the engine the options name, and says so.</summary>
internal sealed class EngineOpener(StorageOptions options, HostOptions host, TimeProvider clock, ILogger<StorageModule> log)
{
    public async Task<IStore> OpenAsync(CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        IStore store = options.Engine switch
        {
            StorageEngine.Memory => new MemoryStore(clock),
            StorageEngine.Etcd => new EtcdStore(new EtcdStoreOptions { Endpoints = Endpoints(options) }, new GrpcChannelOptions { Clock = clock }, clock),
            _ => await OpenEmbeddedAsync(cancellation),
        };
        try
        {
            // A cluster that does not answer at start is a fault of configuration more often than not; it is better said now than with the first request.
            var status = await store.StatusAsync(cancellation);
            log.Opened(status.Engine, status.Detail, status.Revision, status.Keys, (long)clock.GetElapsedTime(start).TotalMilliseconds);
            return store;
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            await store.DisposeAsync();
            throw;
        }
    }

    internal static IReadOnlyList<Uri> Endpoints(StorageOptions options) =>
        [.. options.EtcdEndpoints.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(address => new Uri(address))];

    private async Task<EmbeddedStore> OpenEmbeddedAsync(CancellationToken cancellation)
    {
        var directory = Path.Combine(host.Data, "store");
        var settings = new EmbeddedStoreOptions { FlushToDisk = options.Flush, HistoryRevisions = options.HistoryRevisions };
        var store = await EmbeddedStore.OpenAsync(directory, settings, clock, cancellation);
        if (store.RecoveredTornBytes > 0)
        {
            log.TornTailCut(store.RecoveredTornBytes, directory);
        }

        if (!options.Flush)
        {
            log.NotFlushing();
        }

        return store;
    }
}
