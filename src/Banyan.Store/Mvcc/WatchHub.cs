using System.Runtime.InteropServices;

namespace Banyan.Store.Mvcc;

/// <summary>
/// Tells watchers of new revisions. Watchers of the same range form a group: each batch is built once for the group and the same object goes to all of them,
/// so that a server can serialise it once. The committer only signals; building and delivering happen on the thread pool, from history.
/// <code>
///   Lagging ──(has read all history up to the hub)──► Synced ──(its queue is full)──► Lagging
/// </code>
/// A lagging watcher reads history by itself, at its own pace (<see cref="Watcher"/>). Nothing is queued for it, and nobody waits for it.
/// </summary>
internal sealed class WatchHub : IThreadPoolWorkItem, IDisposable
{
    /// <summary>Most revisions put into one batch.</summary>
    public const int BatchRevisions = 256;

    /// <summary>How often watchers that saw nothing are told how far they are.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly RevisionHistory _history;
    private readonly Func<long> _published;
    private readonly Func<long> _compacted;
    private readonly Func<long> _cut;
    private readonly Lock _lock = new();
    private readonly Dictionary<(KeyRange Range, bool Previous), WatchGroup> _groups = [];
    private readonly VersionChange[][] _chunk = new VersionChange[BatchRevisions][];
    private readonly ITimer _progress;
    private int _signalled;
    private long _position;
    private int _synced;
    private StoreException? _closed;

    public WatchHub(RevisionHistory history, TimeProvider clock, Func<long> published, Func<long> compacted, Func<long> cut)
    {
        _history = history;
        _published = published;
        _compacted = compacted;
        _cut = cut;
        _position = published();
        _progress = clock.CreateTimer(_ => MarkProgress(), null, ProgressInterval, ProgressInterval);
    }

    /// <summary>Called after a group of commits became visible.</summary>
    public void Signal()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _synced) == 0)
        {
            TrimHistory();
            return;
        }

        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _signalled, 0);
        lock (_lock)
        {
            Deliver();
        }

        TrimHistory();
    }

    /// <summary>Makes a watcher that has told everything up to its position a synced one; false when there is more to read first.</summary>
    public bool TryJoin(Watcher watcher)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw _closed;
            }

            // Counted first: from here on history after the position is kept, and what was trimmed before is not newer than what is published now.
            if (Interlocked.Increment(ref _synced) == 1)
            {
                // Nobody listened, so nobody moved the position.
                Volatile.Write(ref _position, _published());
            }

            if (watcher.Position < _position)
            {
                Interlocked.Decrement(ref _synced);
                return false;
            }

            var key = (watcher.Query.Range, watcher.Query.IncludePrevious);
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, key, out _);
            group ??= new WatchGroup(key.Range, key.IncludePrevious);
            group.Watchers.Add(watcher);
            watcher.Lagging = false;
            if (watcher.Query.Progress && watcher.Position == _position && watcher.ToldRevision < _position)
            {
                watcher.Offer(new WatchBatch(_position, []));
            }
        }

        // A commit may have been published between the reading of history and now, and its signal have found nobody.
        Signal();
        return true;
    }

    public void Leave(Watcher watcher)
    {
        lock (_lock)
        {
            if (!watcher.Lagging && _groups.TryGetValue((watcher.Query.Range, watcher.Query.IncludePrevious), out var group) && group.Watchers.Remove(watcher))
            {
                Forget(group, 1);
            }
        }
    }

    /// <summary>Reads the whole revisions after a position that are kept. Throws when the next one has been compacted.</summary>
    public int ReadHistory(long after, VersionChange[][] into)
    {
        var published = _published();
        if (after >= published)
        {
            return 0;
        }

        var count = after < _compacted() ? -1 : _history.Read(after, into);
        return count >= 0 ? (int)Math.Min(count, published - after) : throw StoreFaults.Compacted(after, _compacted());
    }

    /// <summary>Ends all watches.</summary>
    public void Close(StoreException reason)
    {
        lock (_lock)
        {
            _closed = reason;
            foreach (var group in _groups.Values)
            {
                foreach (var watcher in group.Watchers)
                {
                    watcher.End(reason);
                }
            }

            _groups.Clear();
            Volatile.Write(ref _synced, 0);
        }
    }

    public void Dispose() => _progress.Dispose();

    /// <summary>Forgets what no compaction and no synced watcher needs. History is kept for the synced watchers even past the compacted revision, so that a compaction does not overtake a hub that is a moment behind.</summary>
    public void TrimHistory()
    {
        var cut = _cut();
        _history.Trim(Volatile.Read(ref _synced) == 0 ? cut : Math.Min(cut, Volatile.Read(ref _position)));
    }

    private void Deliver()
    {
        var published = _published();
        while (_synced > 0 && _position < published)
        {
            var count = (int)Math.Min(_history.Read(_position, _chunk), published - _position);
            if (count <= 0)
            {
                throw new InvalidOperationException($"History lacks revision {_position + 1} although {published} is visible.");
            }

            var last = _position + count;
            List<WatchGroup>? emptied = null;
            foreach (var group in _groups.Values)
            {
                if (group.Build(_chunk.AsSpan(0, count), last) is { } batch && Deliver(group, batch, _position))
                {
                    (emptied ??= []).Add(group);
                }
            }

            foreach (var group in emptied ?? [])
            {
                _groups.Remove((group.Range, group.Previous));
            }

            Array.Clear(_chunk, 0, count);
            Volatile.Write(ref _position, last);
        }
    }

    /// <summary>True when the group has nobody left.</summary>
    private bool Deliver(WatchGroup group, WatchBatch batch, long before)
    {
        for (var i = group.Watchers.Count - 1; i >= 0; i--)
        {
            var watcher = group.Watchers[i];
            var own = watcher.Position <= before || watcher.Position < batch.Events[0].Entry.ModRevision ? batch : batch.After(watcher.Position);
            if (own is null || watcher.Offer(own))
            {
                continue;
            }

            watcher.Lag(before);
            group.Watchers.RemoveAt(i);
            Volatile.Write(ref _synced, _synced - 1);
        }

        return group.Watchers.Count == 0;
    }

    private void MarkProgress()
    {
        lock (_lock)
        {
            if (_synced == 0)
            {
                return;
            }

            Deliver();
            var mark = new WatchBatch(_position, []);
            foreach (var group in _groups.Values)
            {
                foreach (var watcher in group.Watchers)
                {
                    if (watcher.Query.Progress && watcher.ToldRevision < _position && watcher.Position <= _position)
                    {
                        // Refused when its queue is full; then it has other things to learn first.
                        watcher.Offer(mark);
                    }
                }
            }
        }
    }

    private void Forget(WatchGroup group, int watchers)
    {
        Volatile.Write(ref _synced, _synced - watchers);
        if (group.Watchers.Count == 0)
        {
            _groups.Remove((group.Range, group.Previous));
        }
    }
}
