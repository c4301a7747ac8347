namespace Banyan.Store.Etcd;

/// <summary>How to reach an etcd cluster.</summary>
public sealed record EtcdStoreOptions
{
    /// <summary>The members' client addresses, <c>http://host:2379</c>. One is used at a time; the next when it fails.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>How long a call may look for a member that answers before it fails. Default 10 s: an election takes one to two.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest value in bytes. Default 1 MiB, as in the other engines; etcd itself refuses requests over 1.5 MiB.</summary>
    public int MaxValueBytes { get; init; } = 1024 * 1024;
}
