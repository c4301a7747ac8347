using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

/// <summary>One member.</summary>
public sealed class EtcdServer() : EtcdFixture(1);

/// <summary>The suite against etcd itself, one member.</summary>
[Needs("etcd")]
public sealed class EtcdStoreConformance(EtcdServer server) : StoreConformance, IClassFixture<EtcdServer>
{
    protected override string EngineName => "etcd";

    protected override bool StartsEmpty => false;

    protected override ValueTask<IStore> OpenAsync() => new(server.Open());
}
