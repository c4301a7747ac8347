using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Testing;

namespace Banyan.Conformance;

public sealed class EmbeddedStoreConformance : StoreConformance
{
    private readonly TempDirectory _directory = new();

    protected override string EngineName => "embedded";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override async ValueTask<IStore> OpenAsync() =>
        await EmbeddedStore.OpenAsync(_directory["store"], new EmbeddedStoreOptions(), TimeProvider.System, CancellationToken.None);
}
