namespace Banyan.Store;

/// <summary>A request to be told of every change in a range.</summary>
/// <param name="Range">Which keys.</param>
public sealed record WatchQuery(KeyRange Range)
{
    /// <summary>Changes of revisions greater than this are told; 0 = from now on. (etcd's start revision is this plus one.)</summary>
    public long AfterRevision { get; init; }

    /// <summary>Carry the entry as it was before each change.</summary>
    public bool IncludePrevious { get; init; }

    /// <summary>Send a batch without events now and then, so that the watcher knows how far it has seen. Default true.</summary>
    public bool Progress { get; init; } = true;
}

/// <summary>Kinds of change.</summary>
public enum WatchEventKind
{
    /// <summary>Written.</summary>
    Put,

    /// <summary>Deleted, by a delete, a revoked or an expired lease.</summary>
    Delete,
}

/// <summary>One change.</summary>
/// <param name="Kind">Written or deleted.</param>
/// <param name="Entry">The entry after the change; of a delete only the key and <see cref="StoreEntry.ModRevision"/> (the deleting revision).</param>
/// <param name="Previous">The entry before, when asked for and when there was one.</param>
public readonly record struct WatchEvent(WatchEventKind Kind, StoreEntry Entry, StoreEntry? Previous);

/// <summary>All changes of one or more whole revisions, in order; never half a revision.</summary>
/// <param name="Revision">Everything up to and including this revision has been told.</param>
/// <param name="Events">The changes; empty for a progress mark.</param>
public sealed record WatchBatch(long Revision, IReadOnlyList<WatchEvent> Events);
