using System.Threading.Tasks.Sources;

namespace Banyan.Store.Mvcc;

/// <summary>A write that waits for its turn, and then for its group to be durable.</summary>
internal abstract class PendingWrite
{
    /// <summary>Why it was refused; null when it was done.</summary>
    public StoreException? Error { get; set; }

    /// <summary>Does it in memory, unseen by readers. Called by the committer.</summary>
    public abstract void Execute(StoreWriter writer);

    /// <summary>Tells the caller.</summary>
    public abstract void Complete();
}

/// <summary>A write with an outcome.</summary>
internal abstract class PendingWrite<TResult> : PendingWrite, IValueTaskSource<TResult>
{
    // Continuations never run on the committer: it has the next group to write.
    private ManualResetValueTaskSourceCore<TResult> _core = new() { RunContinuationsAsynchronously = true };

    public ValueTask<TResult> Task => new(this, _core.Version);

    protected TResult Result { get; set; } = default!;

    public override void Complete()
    {
        if (Error is null)
        {
            _core.SetResult(Result);
        }
        else
        {
            _core.SetException(Error);
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

internal sealed class PendingCommit(StoreTransaction transaction) : PendingWrite<CommitResult>
{
    public override void Execute(StoreWriter writer) => Result = writer.Commit(transaction);
}

/// <summary>Commits that came together and are told together.</summary>
internal sealed class CommitBatch
{
    // The caller never goes on inside the committer: it has the next group to write.
    private readonly TaskCompletionSource<IReadOnlyList<CommitOutcome>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitOutcome[] _outcomes;
    private int _open;

    public CommitBatch(int commits)
    {
        _outcomes = new CommitOutcome[commits];
        _open = commits;
        if (commits == 0)
        {
            _done.SetResult(_outcomes);
        }
    }

    public Task<IReadOnlyList<CommitOutcome>> Task => _done.Task;

    public void Set(int index, CommitOutcome outcome)
    {
        _outcomes[index] = outcome;
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _done.SetResult(_outcomes);
        }
    }
}

/// <summary>One commit of a batch.</summary>
internal sealed class BatchedCommit(CommitBatch batch, int index, StoreTransaction transaction) : PendingWrite
{
    private CommitResult? _result;

    public override void Execute(StoreWriter writer) => _result = writer.Commit(transaction);

    public override void Complete() => batch.Set(index, Error is null ? new CommitOutcome(_result, null) : new CommitOutcome(null, Error));
}

internal sealed class PendingGrant(long id, long seconds) : PendingWrite<LeaseRecord>
{
    public override void Execute(StoreWriter writer) => Result = writer.Grant(id, seconds);
}

internal sealed class PendingRevoke(long id) : PendingWrite<bool>
{
    public override void Execute(StoreWriter writer) => Result = writer.Revoke(id);
}

internal sealed class PendingExpiry(LeaseRecord lease, LeaseTable leases) : PendingWrite<bool>
{
    public override void Execute(StoreWriter writer) => Result = writer.Expire(lease);

    public override void Complete()
    {
        if (Error is not null)
        {
            leases.Retry(lease);
        }
    }
}

internal sealed class PendingCompaction(long revision) : PendingWrite<bool>
{
    public override void Execute(StoreWriter writer) => Result = writer.Compact(revision);
}

/// <summary>Looks at the leases between two groups, when every one in the table is durable.</summary>
internal sealed class PendingLeaseList(LeaseTable leases) : PendingWrite<LeaseRecord[]>
{
    public override void Execute(StoreWriter writer)
    {
    }

    public override void Complete()
    {
        Result = [.. leases.All];
        Error = null;
        base.Complete();
    }
}
