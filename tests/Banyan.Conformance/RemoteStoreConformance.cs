using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Store.Memory;
using Banyan.Testing;

namespace Banyan.Conformance;

/// <summary>The suite against the memory engine served over gRPC by a real server.</summary>
public sealed class RemoteStoreConformance : StoreConformance
{
    private StoreServer? _server;

    protected override string EngineName => "remote";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server!.DisposeAsync();
    }

    protected override async ValueTask<IStore> OpenAsync()
    {
        _server = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System));
        return _server.Connect();
    }
}

/// <summary>The suite against the embedded engine served over gRPC: what a process without the module <c>store</c> works with.</summary>
public sealed class RemoteEmbeddedStoreConformance : StoreConformance
{
    private readonly TempDirectory _directory = new();
    private StoreServer? _server;

    protected override string EngineName => "remote";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server!.DisposeAsync();
        _directory.Dispose();
    }

    protected override async ValueTask<IStore> OpenAsync()
    {
        var engine = await EmbeddedStore.OpenAsync(_directory["store"], new EmbeddedStoreOptions(), TimeProvider.System, CancellationToken.None);
        _server = await StoreServer.StartAsync(engine);
        return _server.Connect();
    }
}
