namespace Banyan.Storage;

/// <summary>Settings of the module <c>store</c>.</summary>
public sealed class StorageOptions
{
    /// <summary><c>embedded</c> (default; files under the data directory), <c>memory</c> (nothing survives the process) or <c>etcd</c>.</summary>
    public StorageEngine Engine { get; init; } = StorageEngine.Embedded;

    /// <summary>Embedded engine: changes are on disk before they are acknowledged. Default true; false loses the last moments with the machine's power.</summary>
    public bool Flush { get; init; } = true;

    /// <summary>Embedded engine: how many revisions of history are kept for watches and reads in the past. Default 100,000.</summary>
    public int HistoryRevisions { get; init; } = 100_000;

    /// <summary>etcd engine: the members' client addresses, comma-separated. Default <c>http://127.0.0.1:2379</c>.</summary>
    public string EtcdEndpoints { get; init; } = "http://127.0.0.1:2379";
}
