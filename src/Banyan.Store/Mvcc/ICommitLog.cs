namespace Banyan.Store.Mvcc;

/// <summary>
/// Where the committer makes a group of changes durable before anyone sees them. Called by one thread at a time. A group is collected by the Add methods and
/// either committed or dropped as a whole.
/// </summary>
internal interface ICommitLog : IAsyncDisposable
{
    /// <summary>True when nothing has been collected.</summary>
    bool IsEmpty { get; }

    /// <summary>Bytes that have been collected.</summary>
    long Collected { get; }

    /// <summary>Bytes on disk.</summary>
    long Size { get; }

    void AddRevision(long revision, ReadOnlySpan<VersionChange> changes);

    void AddGrant(long leaseId, long seconds);

    void AddRevoke(long leaseId);

    void AddCompaction(long revision);

    /// <summary>Makes the group durable.</summary>
    /// <exception cref="StoreException">It is not; <see cref="StoreException.MaybeDone"/> says whether it might come back after a restart.</exception>
    void Commit(long revision);

    /// <summary>Forgets what has been collected.</summary>
    void Drop();
}

/// <summary>The log of a store that lives in memory only.</summary>
internal sealed class NoCommitLog : ICommitLog
{
    public bool IsEmpty => true;

    public long Collected => 0;

    public long Size => 0;

    public void AddRevision(long revision, ReadOnlySpan<VersionChange> changes)
    {
    }

    public void AddGrant(long leaseId, long seconds)
    {
    }

    public void AddRevoke(long leaseId)
    {
    }

    public void AddCompaction(long revision)
    {
    }

    public void Commit(long revision)
    {
    }

    public void Drop()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
