namespace Banyan.Store.Mvcc;

/// <summary>The synced watchers of one range. Guarded by the hub's lock.</summary>
internal sealed class WatchGroup(KeyRange range, bool previous)
{
    public KeyRange Range { get; } = range;

    public bool Previous { get; } = previous;

    public List<Watcher> Watchers { get; } = [];

    /// <summary>The changes in the range, or null when there are none.</summary>
    public WatchBatch? Build(ReadOnlySpan<VersionChange[]> revisions, long last) => WatchBatches.Build(revisions, last, Range, Previous);
}

/// <summary>Makes what watchers are given from what the history keeps.</summary>
internal static class WatchBatches
{
    /// <summary>The changes in a range, or null when there are none.</summary>
    public static WatchBatch? Build(ReadOnlySpan<VersionChange[]> revisions, long last, KeyRange range, bool previous)
    {
        List<WatchEvent>? events = null;
        foreach (var revision in revisions)
        {
            foreach (var change in revision)
            {
                if (range.Contains(change.Now.Key))
                {
                    (events ??= []).Add(change.ToEvent(previous));
                }
            }
        }

        return events is null ? null : new WatchBatch(last, events.ToArray());
    }

    /// <summary>The part after a revision; null when there is none.</summary>
    public static WatchBatch? After(this WatchBatch batch, long revision)
    {
        var events = batch.Events.Where(e => e.Entry.ModRevision > revision).ToArray();
        return events.Length == 0 ? null : new WatchBatch(batch.Revision, events);
    }
}
