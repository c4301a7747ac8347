namespace Banyan.Store.Mvcc;

/// <summary>
/// Puts concurrent writes into groups: one log write and one sync for all that came while the previous group was being written. A writer that finds nobody at
/// work does its write itself, without a change of thread; when others came meanwhile, it hands the work to the committer's own thread and returns.
/// </summary>
internal sealed class Committer(StoreWriter writer, ICommitLog log, Action publish, long historyRevisions, TimeProvider clock)
{
    /// <summary>A group that has collected so many bytes for the log is written; the writes behind it go into the next.</summary>
    private const long MaxGroupBytes = 8 << 20;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<PendingWrite> _queue = [];
    private List<PendingWrite> _group = [];
    private Thread? _thread;
    private bool _leading;
    private bool _closed;
    private bool _holdHistory;
    private bool _durable;
    private int _lastGroup;
    private long _lastSync;

    /// <summary>Puts the automatic compaction off, while a snapshot of the compacted revision is being written.</summary>
    public bool HoldHistory
    {
        set => Volatile.Write(ref _holdHistory, value);
    }

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Queues a write; it is completed when it is durable or refused.</summary>
    public void Submit(PendingWrite write)
    {
        if (!TrySubmit(write))
        {
            throw StoreFaults.Closed();
        }
    }

    /// <summary>Queues several writes for one group. More than one are the thread's work: the caller can meanwhile get the next ones.</summary>
    public void Submit(List<PendingWrite> writes)
    {
        if (writes.Count <= 1)
        {
            writes.ForEach(Submit);
            return;
        }

        lock (_lock)
        {
            if (_closed)
            {
                throw StoreFaults.Closed();
            }

            _queue.AddRange(writes);
            if (_leading)
            {
                return;
            }

            _leading = true;
        }

        HandOver();
    }

    /// <summary>Queues a write; false when the store is closed.</summary>
    public bool TrySubmit(PendingWrite write)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _queue.Add(write);
            if (_leading)
            {
                return true;
            }

            _leading = true;
        }

        RunGroup();
        if (!TryRest())
        {
            HandOver();
        }

        return true;
    }

    /// <summary>Refuses new writes and waits until the queued ones are done. False when it was closed before.</summary>
    public async ValueTask<bool> CloseAsync()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _closed = true;
            if (!_leading)
            {
                _idle.TrySetResult();
            }
        }

        await _idle.Task;
        _work.Release();
        return true;
    }

    /// <summary>Gives up the lead when nothing waits.</summary>
    private bool TryRest()
    {
        lock (_lock)
        {
            if (_queue.Count > 0)
            {
                return false;
            }

            _leading = false;
            _lastGroup = 0;
            if (_closed)
            {
                _idle.TrySetResult();
            }

            return true;
        }
    }

    private void HandOver()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "banyan-store" };
            _thread.Start();
        }

        _work.Release();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            lock (_lock)
            {
                if (!_leading)
                {
                    return;
                }
            }

            do
            {
                Gather();
                RunGroup();
            }
            while (!TryRest());
        }
    }

    /// <summary>
    /// The callers of the group just done are about to come back with their next writes. Waiting for them a fraction of what a sync takes makes one group of
    /// them instead of a small one and a large one in turn.
    /// </summary>
    private void Gather()
    {
        var wanted = _lastGroup;
        if (wanted < 2)
        {
            return;
        }

        var start = clock.GetTimestamp();
        var patience = Math.Min(_lastSync / 3, clock.TimestampFrequency / 2000);
        while (Volatile.Read(ref _queue).Count < wanted && clock.GetTimestamp() - start < patience)
        {
            Thread.Yield();
        }
    }

    private void RunGroup()
    {
        lock (_lock)
        {
            (_queue, _group) = (_group, _queue);
        }

        _durable = false;
        try
        {
            Execute();
            CompactWhenLong();
            Finish();
        }
        catch (Exception e) when (e is not StoreException)
        {
            // A defect, or no memory. Half a write may be in the index: the whole group is taken back, its callers are told, and the store goes on.
            // If the log has it already, memory and disk are no longer the same: nothing may be written on top until the store is opened again.
            if (_durable)
            {
                Volatile.Write(ref _closed, true);
            }

            Fail(new StoreException(StoreError.Unavailable, $"A write failed in an unexpected way ({e.GetType().Name}: {e.Message}). Please report it.", e) { MaybeDone = true });
        }

        foreach (var write in _group)
        {
            write.Complete();
        }

        _lastGroup = _group.Count;
        _group.Clear();
    }

    private void Execute()
    {
        for (var i = 0; i < _group.Count; i++)
        {
            try
            {
                _group[i].Execute(writer);
            }
            catch (StoreException refused)
            {
                _group[i].Error = refused;
            }

            if (log.Collected > MaxGroupBytes && i + 1 < _group.Count)
            {
                lock (_lock)
                {
                    _queue.InsertRange(0, _group.Skip(i + 1));
                }

                _group.RemoveRange(i + 1, _group.Count - i - 1);
            }
        }
    }

    private void Finish()
    {
        try
        {
            if (!log.IsEmpty)
            {
                var start = clock.GetTimestamp();
                log.Commit(writer.Revision);
                _lastSync = clock.GetTimestamp() - start;
                _durable = true;
            }

            publish();
        }
        catch (StoreException failed)
        {
            Fail(failed);
        }
    }

    /// <summary>What one write of the group saw of another never happened: all of them fail.</summary>
    private void Fail(StoreException reason)
    {
        writer.Undo();
        foreach (var write in _group)
        {
            write.Error = reason;
        }
    }

    private void CompactWhenLong()
    {
        // An eighth more than asked for, so that it is done in strides.
        if (historyRevisions > 0 && !Volatile.Read(ref _holdHistory) && writer.Revision - writer.Compacted > historyRevisions + (historyRevisions / 8))
        {
            writer.Compact(writer.Revision - historyRevisions);
        }
    }
}
