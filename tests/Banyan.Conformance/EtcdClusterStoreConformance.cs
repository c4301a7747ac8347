using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Etcd;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Conformance;

/// <summary>Three real etcd members that elect their leader, for all cases of the class.</summary>
public sealed class EtcdMembers : IAsyncLifetime
{
    private const int Members = 3;

    public EtcdCluster? Cluster { get; private set; }

    public async Task InitializeAsync() => Cluster = Needs.SkipReason("etcd") is null ? await EtcdCluster.StartAsync(Members) : null;

    public async Task DisposeAsync()
    {
        if (Cluster is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }
}

/// <summary>The suite against an etcd cluster of three: the client is given every member, and what one acknowledges the others must show.</summary>
[Needs("etcd")]
public sealed class EtcdClusterStoreConformance(EtcdMembers members) : StoreConformance, IClassFixture<EtcdMembers>
{
    protected override string EngineName => "etcd";

    protected override bool StartsEmpty => false;

    protected override ValueTask<IStore> OpenAsync() =>
        new(new EtcdStore(new EtcdStoreOptions { Endpoints = members.Cluster!.Endpoints }, new GrpcChannelOptions(), TimeProvider.System));
}
