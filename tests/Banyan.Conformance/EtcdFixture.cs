using Banyan.Store.Etcd;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Conformance;

/// <summary>A real etcd cluster for all cases of a class; none where etcd is not installed, which skips the cases.</summary>
public abstract class EtcdFixture(int members) : IAsyncLifetime
{
    private EtcdCluster? _cluster;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _cluster = Needs.SkipReason("etcd") is null ? await EtcdCluster.StartAsync(members) : null;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_cluster is { } cluster)
        {
            await cluster.DisposeAsync();
        }
    }

    internal EtcdStore Open() => new(new EtcdStoreOptions { Endpoints = _cluster!.Endpoints }, new Grpc.GrpcChannelOptions(), TimeProvider.System);
}
