using System.Runtime.InteropServices;

namespace Banyan.Store.Mvcc;

/// <summary>
/// The state as the committer sees it: everything executed, durable or not. Executes one write after the other into the index and the log's group; the group
/// is then either kept (<see cref="Keep"/>) or undone (<see cref="Undo"/>). Used by one thread at a time.
/// </summary>
internal sealed class StoreWriter(VersionTree tree, LeaseTable leases, ICommitLog log, StoreView view, long compacted)
{
    private readonly List<VersionChange[]> _revisions = [];
    private readonly List<VersionChange> _changes = [];
    private readonly List<LeaseUndo> _leaseUndo = [];
    private StoreView _kept = view;
    private long _revision = view.Revision;
    private long _keys = view.Keys;
    private long _compacted = compacted;
    private long _keptCompacted = compacted;

    private enum LeaseStep
    {
        Granted,
        Ended,
        Bound,
        Unbound,
    }

    /// <summary>The revisions of the group, in order.</summary>
    public IReadOnlyList<VersionChange[]> Revisions => _revisions;

    public long Revision => _revision;

    /// <summary>The compacted revision including this group.</summary>
    public long Compacted => _compacted;

    public CommitResult Commit(StoreTransaction transaction)
    {
        foreach (var compare in transaction.Compares)
        {
            if (!Holds(compare))
            {
                return new CommitResult(false, _revision, 0, Current(transaction.Compares));
            }
        }

        foreach (var operation in transaction.Operations)
        {
            if (operation is StoreOperation.Put { LeaseId: not 0 } put && leases.Find(put.LeaseId) is null)
            {
                throw StoreFaults.LeaseNotFound(put.LeaseId);
            }
        }

        var deleted = 0L;
        foreach (var operation in transaction.Operations)
        {
            switch (operation)
            {
                case StoreOperation.Put put:
                    Put(put);
                    break;
                case StoreOperation.Delete delete:
                    deleted += Delete(delete.Range);
                    break;
            }
        }

        EndRevision();
        return new CommitResult(true, _revision, deleted, []);
    }

    public LeaseRecord Grant(long id, long seconds)
    {
        if (id != 0 && leases.Find(id) is not null)
        {
            throw new StoreException(StoreError.LeaseExists, $"Lease {id} exists already. Choose another number, or 0 to be given one.");
        }

        var lease = new LeaseRecord(id == 0 ? leases.NewId() : id, seconds);
        leases.Add(lease);
        _leaseUndo.Add(new LeaseUndo(LeaseStep.Granted, lease, null));
        log.AddGrant(lease.Id, seconds);
        return lease;
    }

    public bool Revoke(long id)
    {
        End(leases.Find(id) ?? throw StoreFaults.LeaseNotFound(id));
        return true;
    }

    /// <summary>Ends a lease whose time is over, unless it was renewed or revoked meanwhile.</summary>
    public bool Expire(LeaseRecord lease)
    {
        if (leases.Find(lease.Id) != lease || !leases.TryEnd(lease))
        {
            return false;
        }

        End(lease);
        return true;
    }

    public bool Compact(long revision)
    {
        if (revision > _revision)
        {
            throw StoreFaults.Future(revision, _revision);
        }

        if (revision <= _compacted)
        {
            throw StoreFaults.Compacted(revision, _compacted);
        }

        _compacted = revision;
        log.AddCompaction(revision);
        return true;
    }

    /// <summary>The group is durable: what readers see from now on.</summary>
    public StoreView Keep()
    {
        foreach (var step in CollectionsMarshal.AsSpan(_leaseUndo))
        {
            if (step.Step == LeaseStep.Granted && leases.Find(step.Lease.Id) == step.Lease)
            {
                leases.Start(step.Lease);
            }
        }

        _leaseUndo.Clear();
        _revisions.Clear();
        _keptCompacted = _compacted;
        return _kept = new StoreView(tree.Share(), _revision, _keys);
    }

    /// <summary>The group could not be made durable: everything is as it was before it.</summary>
    public void Undo()
    {
        foreach (var change in _changes)
        {
            VersionTree.Restore(_kept.Root, change.Now.Key, _kept.Revision);
        }

        _changes.Clear();
        for (var r = _revisions.Count - 1; r >= 0; r--)
        {
            foreach (var change in _revisions[r])
            {
                VersionTree.Restore(_kept.Root, change.Now.Key, _kept.Revision);
            }
        }

        tree.Return(_kept.Root);
        for (var i = _leaseUndo.Count - 1; i >= 0; i--)
        {
            UndoLease(_leaseUndo[i]);
        }

        (_revision, _keys, _compacted) = (_kept.Revision, _kept.Keys, _keptCompacted);
        _leaseUndo.Clear();
        _revisions.Clear();
        log.Drop();
    }

    /// <summary>Takes keys out of the index whose deletion has been compacted. Call between groups.</summary>
    public StoreView Forget(IReadOnlyList<byte[]> keys)
    {
        foreach (var key in keys)
        {
            tree.Remove(key);
        }

        return _kept = new StoreView(tree.Share(), _revision, _keys);
    }

    private void UndoLease(LeaseUndo undo)
    {
        switch (undo.Step)
        {
            case LeaseStep.Granted:
                leases.Remove(undo.Lease);
                break;
            case LeaseStep.Ended:
                leases.Add(undo.Lease);
                lock (undo.Lease.Lock)
                {
                    undo.Lease.Usable = true;
                }

                break;
            case LeaseStep.Bound:
                undo.Lease.Unbind(undo.Key!);
                break;
            default:
                undo.Lease.Bind(undo.Key!);
                break;
        }
    }

    private void End(LeaseRecord lease)
    {
        foreach (var key in lease.Keys().Order())
        {
            if (tree.Find(key.Span) is { IsLive: true } version && version.LeaseId == lease.Id)
            {
                DeleteVersion(version);
            }
        }

        lock (lease.Lock)
        {
            lease.Usable = false;
        }

        leases.Remove(lease);
        _leaseUndo.Add(new LeaseUndo(LeaseStep.Ended, lease, null));

        // The lease's end comes after its deletes in the same group, so that a replay never sees a key of a lease that is gone.
        EndRevision();
        log.AddRevoke(lease.Id);
    }

    private void Put(StoreOperation.Put put)
    {
        var before = tree.Seek(put.Key.Span);
        var key = MemoryMarshal.TryGetArray(put.Key.Memory, out var array) && array.Array!.Length == array.Count ? array.Array : put.Key.Span.ToArray();
        var version = StoredVersion.Write(key, put.Value.ToArray(), put.LeaseId, _revision + 1, before);
        tree.Set(version);
        _keys += before is { IsLive: true } ? 0 : 1;
        _changes.Add(new VersionChange(version, before));
        if (before is { IsLive: true, LeaseId: not 0 } && before.LeaseId != put.LeaseId)
        {
            Unbind(before);
        }

        if (put.LeaseId != 0 && leases.Find(put.LeaseId) is { } lease && lease.Bind(version.Key))
        {
            _leaseUndo.Add(new LeaseUndo(LeaseStep.Bound, lease, version.Key));
        }
    }

    private int Delete(KeyRange range)
    {
        if (range.IsSingle)
        {
            if (tree.Find(range.Start.Span) is { IsLive: true } found)
            {
                DeleteVersion(found);
                return 1;
            }

            return 0;
        }

        var live = new LiveVersions();
        tree.Visit(range, ref live);
        foreach (var version in live.Found ?? [])
        {
            DeleteVersion(version);
        }

        return live.Found?.Count ?? 0;
    }

    private void DeleteVersion(StoredVersion version)
    {
        var deletion = StoredVersion.Deletion(version, _revision + 1);
        tree.Replace(deletion);
        _keys--;
        _changes.Add(new VersionChange(deletion, version));
        if (version.LeaseId != 0)
        {
            Unbind(version);
        }
    }

    private void Unbind(StoredVersion version)
    {
        if (leases.Find(version.LeaseId) is { } lease && lease.Unbind(version.Key))
        {
            _leaseUndo.Add(new LeaseUndo(LeaseStep.Unbound, lease, version.Key));
        }
    }

    private void EndRevision()
    {
        if (_changes.Count == 0)
        {
            return;
        }

        _revision++;
        var changes = _changes.ToArray();
        _changes.Clear();
        _revisions.Add(changes);
        log.AddRevision(_revision, changes);
    }

    private bool Holds(StoreCompare compare)
    {
        var entry = tree.Find(compare.Key.Span) is { IsLive: true } version ? version : null;
        if (compare.Target == CompareTarget.Value)
        {
            return entry is not null && Relates(entry.Value.AsSpan().SequenceCompareTo(compare.Bytes.Span), compare.Relation);
        }

        var number = compare.Target switch
        {
            CompareTarget.ModRevision => entry?.ModRevision ?? 0,
            CompareTarget.CreateRevision => entry?.CreateRevision ?? 0,
            CompareTarget.Version => entry?.Version ?? 0,
            _ => entry?.LeaseId ?? 0,
        };
        return Relates(number.CompareTo(compare.Number), compare.Relation);
    }

    private List<StoreEntry> Current(IReadOnlyList<StoreCompare> compares)
    {
        var entries = new List<StoreEntry>(compares.Count);
        foreach (var compare in compares)
        {
            if (tree.Find(compare.Key.Span) is { IsLive: true } version && !entries.Exists(e => e.Key == compare.Key))
            {
                entries.Add(version.ToEntry());
            }
        }

        return entries;
    }

    private static bool Relates(int order, CompareRelation relation) => relation switch
    {
        CompareRelation.Equal => order == 0,
        CompareRelation.NotEqual => order != 0,
        CompareRelation.Less => order < 0,
        _ => order > 0,
    };

    private readonly record struct LeaseUndo(LeaseStep Step, LeaseRecord Lease, byte[]? Key);

    private struct LiveVersions : IVersionVisitor
    {
        public List<StoredVersion>? Found;

        public bool Visit(StoredVersion newest)
        {
            if (newest.IsLive)
            {
                (Found ??= []).Add(newest);
            }

            return true;
        }
    }
}
