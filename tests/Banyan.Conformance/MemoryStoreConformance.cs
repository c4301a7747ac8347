using Banyan.Store;
using Banyan.Store.Memory;

namespace Banyan.Conformance;

public sealed class MemoryStoreConformance : StoreConformance
{
    protected override string EngineName => "memory";

    protected override ValueTask<IStore> OpenAsync() => new(new MemoryStore(TimeProvider.System));
}
