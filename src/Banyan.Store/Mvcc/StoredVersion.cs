namespace Banyan.Store.Mvcc;

/// <summary>
/// One write or deletion of one key. Versions of a key form a chain from the newest to the oldest that is still kept; the tree's slot holds the newest.
/// Immutable except for <see cref="Previous"/>, which compaction cuts.
/// </summary>
internal sealed class StoredVersion(byte[] key, byte[]? value, long createRevision, long modRevision, long version, long leaseId, StoredVersion? previous)
{
    public byte[] Key { get; } = key;

    /// <summary>Null marks a deletion.</summary>
    public byte[]? Value { get; } = value;

    public long CreateRevision { get; } = createRevision;

    public long ModRevision { get; } = modRevision;

    public long Version { get; } = version;

    public long LeaseId { get; } = leaseId;

    public StoredVersion? Previous { get; private set; } = previous;

    public bool IsLive => Value is not null;

    /// <summary>The deletion of a key that lives.</summary>
    public static StoredVersion Deletion(StoredVersion of, long revision) => new(of.Key, null, 0, revision, 0, 0, of);

    /// <summary>The next write of a key that may exist.</summary>
    public static StoredVersion Write(byte[] key, byte[] value, long leaseId, long revision, StoredVersion? before) => before is { IsLive: true }
        ? new(before.Key, value, before.CreateRevision, revision, before.Version + 1, leaseId, before)
        : new(before?.Key ?? key, value, revision, revision, 1, leaseId, before);

    /// <summary>The version a reader at a revision sees; null when the key did not exist then.</summary>
    public StoredVersion? LiveAt(long revision)
    {
        var version = this;
        while (version is not null && version.ModRevision > revision)
        {
            version = version.Previous;
        }

        return version is { IsLive: true } ? version : null;
    }

    /// <summary>Forgets everything older. Readers at older revisions notice by the store's compacted revision, which is raised first.</summary>
    public void CutHistory() => Previous = null;

    public StoreEntry ToEntry(bool withValue = true) => IsLive
        ? new StoreEntry(new StoreKey(Key), withValue ? Value : default, CreateRevision, ModRevision, Version, LeaseId)
        : new StoreEntry(new StoreKey(Key), default, 0, ModRevision, 0, 0);
}

/// <summary>What one revision did to one key. Keeps the version before by itself, because compaction may cut the chain while a watcher still reads.</summary>
internal readonly record struct VersionChange(StoredVersion Now, StoredVersion? Before)
{
    public WatchEvent ToEvent(bool withPrevious) => new(
        Now.IsLive ? WatchEventKind.Put : WatchEventKind.Delete,
        Now.ToEntry(),
        withPrevious && Before is { IsLive: true } before ? before.ToEntry() : null);
}
