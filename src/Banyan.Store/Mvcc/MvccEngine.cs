namespace Banyan.Store.Mvcc;

/// <summary>What the memory and the embedded store have in common: index, history, leases, watches, one committer. Only the log differs.</summary>
internal sealed class MvccEngine : IAsyncDisposable
{
    private readonly ICommitLog _log;
    private readonly EngineLimits _limits;
    private readonly VersionTree _tree;
    private readonly LeaseTable _leases;
    private readonly RevisionHistory _history;
    private readonly WatchHub _hub;
    private readonly StoreWriter _writer;
    private readonly Committer _committer;
    private volatile StoreView _view;
    private long _compacted;

    // Up to here chains are cut and nobody but watchers needs the history any more. Follows _compacted when a compaction is done, not when it begins:
    // history that is trimmed while the compaction still reads it would leave it without an end.
    private long _cut;

    public MvccEngine(TimeProvider clock, ICommitLog log, EngineLimits limits, EngineState state)
    {
        _log = log;
        _limits = limits;
        _tree = state.Tree;
        _view = new StoreView(_tree.Share(), state.Revision, state.Keys);
        _compacted = state.Compacted;
        _cut = state.Compacted;
        _history = new RevisionHistory(state.Revision - state.History.Count);
        _history.Append(state.History);
        _leases = new LeaseTable(clock, lease => _committer?.TrySubmit(new PendingExpiry(lease, _leases!)));
        _hub = new WatchHub(_history, clock, () => _view.Revision, () => Volatile.Read(ref _compacted), () => Volatile.Read(ref _cut));
        _writer = new StoreWriter(_tree, _leases, log, _view, _compacted);
        _committer = new Committer(_writer, log, Publish, limits.HistoryRevisions, clock);
        foreach (var lease in state.Leases)
        {
            _leases.Add(lease);
            _leases.Start(lease);
        }
    }

    /// <summary>What readers see now.</summary>
    public StoreView View => _view;

    public long CompactedRevision => Volatile.Read(ref _compacted);

    public LeaseTable Leases => _leases;

    public RangeResult Range(RangeQuery query)
    {
        while (true)
        {
            ThrowIfClosed();
            var view = _view;
            var at = query.AtRevision <= 0 ? view.Revision : query.AtRevision;
            if (at > view.Revision)
            {
                throw StoreFaults.Future(at, view.Revision);
            }

            if (at >= CompactedRevision)
            {
                var result = view.Read(query, at);

                // Compaction raises its revision before it cuts chains: if it is still not past ours, every chain we walked was whole.
                Interlocked.MemoryBarrier();
                if (at >= CompactedRevision)
                {
                    return result;
                }
            }

            if (query.AtRevision > 0)
            {
                throw StoreFaults.Compacted(at, CompactedRevision);
            }
        }
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TransactionRules.Check(transaction, _limits.MaxValueBytes);
        var pending = new PendingCommit(transaction);
        _committer.Submit(pending);
        return pending.Task;
    }

    public async ValueTask<IReadOnlyList<CommitOutcome>> CommitEachAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var batch = new CommitBatch(transactions.Count);
        var writes = new List<PendingWrite>(transactions.Count);
        for (var i = 0; i < transactions.Count; i++)
        {
            try
            {
                TransactionRules.Check(transactions[i], _limits.MaxValueBytes);
                writes.Add(new BatchedCommit(batch, i, transactions[i]));
            }
            catch (StoreException refused)
            {
                batch.Set(i, new CommitOutcome(null, refused));
            }
        }

        _committer.Submit(writes);
        return await batch.Task;
    }

    public IAsyncEnumerable<WatchBatch> Watch(WatchQuery query, CancellationToken cancellation)
    {
        ThrowIfClosed();
        return new Watcher(_hub, query, query.AfterRevision > 0 ? query.AfterRevision : _view.Revision).ReadAsync(cancellation);
    }

    public async ValueTask<StoreLease> GrantAsync(TimeSpan timeToLive, long id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (id < 0)
        {
            throw new StoreException(StoreError.Invalid, $"A lease cannot have the number {id}: use a positive one, or 0 to be given one.");
        }

        var seconds = Math.Max(1, (timeToLive.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        var pending = new PendingGrant(id, seconds);
        _committer.Submit(pending);
        return _leases.Describe(await pending.Task, []);
    }

    public StoreLease Renew(long id)
    {
        ThrowIfClosed();
        var lease = _leases.Find(id);
        return lease is not null && _leases.TryRenew(lease) ? _leases.Describe(lease, []) : throw StoreFaults.LeaseNotFound(id);
    }

    public async ValueTask RevokeAsync(long id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var pending = new PendingRevoke(id);
        _committer.Submit(pending);
        await pending.Task;
    }

    public StoreLease GetLease(long id)
    {
        ThrowIfClosed();
        var lease = _leases.Find(id);
        if (lease is null || !IsUsable(lease))
        {
            throw StoreFaults.LeaseNotFound(id);
        }

        // Bindings change before the commit that brings them is durable; the view tells which are.
        var view = _view;
        return _leases.Describe(lease, [.. lease.Keys().Where(k => view.Find(k.Span)?.LeaseId == id).Order()]);
    }

    public async ValueTask CompactAsync(long revision, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var pending = new PendingCompaction(revision);
        _committer.Submit(pending);
        await pending.Task;
    }

    /// <summary>The leases whose grant is durable and whose end is not.</summary>
    public async ValueTask<LeaseRecord[]> ListLeasesAsync()
    {
        var pending = new PendingLeaseList(_leases);
        _committer.Submit(pending);
        return await pending.Task;
    }

    /// <summary>Puts the automatic compaction off.</summary>
    public bool HoldHistory
    {
        set => _committer.HoldHistory = value;
    }

    /// <summary>Called on the committer after the compacted revision rose; must return at once.</summary>
    public Action? Compacted { get; set; }

    public StoreStatus Status(string engine, string detail)
    {
        ThrowIfClosed();
        var view = _view;
        return new StoreStatus(engine, view.Revision, CompactedRevision, view.Keys, _log.Size, detail);
    }

    public async ValueTask DisposeAsync()
    {
        if (await _committer.CloseAsync())
        {
            _leases.Dispose();
            _hub.Close(StoreFaults.Closed());
            _hub.Dispose();
            await _log.DisposeAsync();
        }
    }

    private static bool IsUsable(LeaseRecord lease)
    {
        lock (lease.Lock)
        {
            return lease.Usable;
        }
    }

    private void ThrowIfClosed()
    {
        if (_committer.IsClosed)
        {
            throw StoreFaults.Closed();
        }
    }

    /// <summary>Shows a durable group to readers and watchers. On the committer.</summary>
    private void Publish()
    {
        _history.Append(_writer.Revisions);
        var compacted = _writer.Compacted;
        _view = _writer.Keep();
        if (compacted > _compacted)
        {
            Compact(compacted);
            Compacted?.Invoke();
        }

        _hub.Signal();
    }

    private void Compact(long revision)
    {
        var from = Math.Max(_compacted, _history.Start);
        Volatile.Write(ref _compacted, revision);
        Interlocked.MemoryBarrier();
        var chunk = new VersionChange[WatchHub.BatchRevisions][];
        List<byte[]> gone = [];
        while (from < revision)
        {
            var count = (int)Math.Min(_history.Read(from, chunk), revision - from);
            if (count <= 0)
            {
                throw new InvalidOperationException($"History lacks revision {from + 1} of a compaction up to {revision}.");
            }

            for (var i = 0; i < count; i++)
            {
                foreach (var change in chunk[i])
                {
                    change.Now.CutHistory();
                    if (!change.Now.IsLive && _tree.Find(change.Now.Key) == change.Now)
                    {
                        gone.Add(change.Now.Key);
                    }
                }
            }

            from += count;
        }

        Volatile.Write(ref _cut, revision);
        if (gone.Count > 0)
        {
            _view = _writer.Forget(gone);
        }
    }
}

/// <summary>Bounds of an engine.</summary>
/// <param name="HistoryRevisions">History is compacted by itself to about this many revisions; 0 = never.</param>
/// <param name="MaxValueBytes">Longest value.</param>
internal sealed record EngineLimits(long HistoryRevisions, int MaxValueBytes);

/// <summary>What an engine starts from.</summary>
internal sealed class EngineState
{
    public VersionTree Tree { get; } = new();

    public long Revision { get; set; } = 1;

    public long Compacted { get; set; }

    public long Keys { get; set; }

    /// <summary>The changes of every revision after the compacted one.</summary>
    public List<VersionChange[]> History { get; } = [];

    public List<LeaseRecord> Leases { get; } = [];

    /// <summary>Forgets history before a revision.</summary>
    public void Compact(long revision)
    {
        var old = History.Count - (int)Math.Min(Revision - revision, History.Count);
        foreach (var change in History.Take(old).SelectMany(c => c))
        {
            change.Now.CutHistory();
            if (!change.Now.IsLive && Tree.Find(change.Now.Key) == change.Now)
            {
                Tree.Remove(change.Now.Key);
            }
        }

        History.RemoveRange(0, old);
        Compacted = revision;
    }
}
