using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

/// <summary>Three members that elect their leader.</summary>
public sealed class EtcdMembers() : EtcdFixture(3);

/// <summary>The suite against an etcd cluster of three: the client is given every member, and what one acknowledges the others must show.</summary>
[Needs("etcd")]
public sealed class EtcdClusterStoreConformance(EtcdMembers members) : StoreConformance, IClassFixture<EtcdMembers>
{
    protected override string EngineName => "etcd";

    protected override bool StartsEmpty => false;

    protected override ValueTask<IStore> OpenAsync() => new(members.Open());
}
