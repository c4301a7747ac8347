namespace Banyan.Storage;

/// <summary>Engines the module can open.</summary>
public enum StorageEngine
{
    /// <summary>Files of this process.</summary>
    Embedded,

    /// <summary>Memory of this process.</summary>
    Memory,

    /// <summary>An etcd cluster.</summary>
    Etcd,
}
