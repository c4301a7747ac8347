using Banyan.Store.Mvcc;

namespace Banyan.Store.Memory;

/// <summary>A store that lives in memory and is gone with its process: for tests and for programs that need no durability.</summary>
public sealed class MemoryStore : LocalStore
{
    /// <param name="clock">Time for leases.</param>
    public MemoryStore(TimeProvider clock)
        : this(clock, 100_000)
    {
    }

    /// <param name="clock">Time for leases.</param>
    /// <param name="historyRevisions">History is compacted by itself to about this many revisions; 0 = never.</param>
    public MemoryStore(TimeProvider clock, long historyRevisions)
        : base(new MvccEngine(clock, new NoCommitLog(), new EngineLimits(historyRevisions, 1 << 20), new EngineState()), "memory", "in this process")
    {
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => Engine.DisposeAsync();
}
