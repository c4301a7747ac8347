using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Etcd;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Conformance;

/// <summary>One real etcd server for all cases of the class.</summary>
public sealed class EtcdServer : IAsyncLifetime
{
    public EtcdCluster? Cluster { get; private set; }

    public async Task InitializeAsync() => Cluster = Needs.SkipReason("etcd") is null ? await EtcdCluster.StartAsync(1) : null;

    public async Task DisposeAsync()
    {
        if (Cluster is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }
}

/// <summary>The suite against etcd itself, one member.</summary>
[Needs("etcd")]
public sealed class EtcdStoreConformance(EtcdServer server) : StoreConformance, IClassFixture<EtcdServer>
{
    protected override string EngineName => "etcd";

    protected override bool StartsEmpty => false;

    protected override ValueTask<IStore> OpenAsync() =>
        new(new EtcdStore(new EtcdStoreOptions { Endpoints = server.Cluster!.Endpoints }, new GrpcChannelOptions(), TimeProvider.System));
}
