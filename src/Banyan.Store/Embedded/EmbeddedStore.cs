using Banyan.Store.Mvcc;

namespace Banyan.Store.Embedded;

/// <summary>
/// The store in one directory: an append-only log with an index in memory. One process at a time. <c>docs/internals/store-format.md</c> has the files byte by
/// byte and the rules of recovery.
/// </summary>
public sealed class EmbeddedStore : LocalStore
{
    private readonly SnapshotKeeper _snapshots;
    private readonly IDisposable _lock;
    private readonly long _tornBytes;

    private EmbeddedStore(string directory, IDisposable held, MvccEngine engine, SnapshotKeeper snapshots, long tornBytes)
        : base(engine, "embedded", $"directory {directory}")
    {
        _lock = held;
        _snapshots = snapshots;
        _tornBytes = tornBytes;
    }

    /// <summary>Bytes of a commit that was being written when the process or the machine stopped, never acknowledged, and cut off when this store was opened.</summary>
    public long RecoveredTornBytes => _tornBytes;

    /// <summary>Opens the store in a directory, or makes one there.</summary>
    /// <param name="directory">Made when it does not exist.</param>
    /// <param name="options">Settings.</param>
    /// <param name="clock">Time for leases; every lease starts its time afresh.</param>
    /// <param name="cancellation">Gives up before anything is changed.</param>
    /// <exception cref="StoreException">Locked, Corrupt, NewerFormat, Inaccessible, NoSpace.</exception>
    public static Task<EmbeddedStore> OpenAsync(string directory, EmbeddedStoreOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        // Reading is one long piece of work on the processor and the disk; the caller's thread is not held for it.
        return Task.Run(() => Open(directory, options, clock, new DiskFiles(options.FlushToDisk)), cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _snapshots.StopAsync();
        await Engine.DisposeAsync();
        _lock.Dispose();
    }

    /// <summary>Writes a snapshot now and deletes the segments it replaces.</summary>
    internal Task SnapshotAsync() => _snapshots.RunOnceAsync();

    internal static EmbeddedStore Open(string directory, EmbeddedStoreOptions options, TimeProvider clock, IStoreFiles files)
    {
        IDisposable? held = null;
        try
        {
            files.CreateDirectory(directory);
            held = files.Lock(directory);
            var recovery = new StoreRecovery(files, directory);
            var recovered = recovery.Read();
            if (recovered is null)
            {
                SegmentLog.Create(files, directory, new FileHeader(1, 1, 0));
                recovered = new RecoveredStore(new EngineState(), new LogPosition(1, RecordFormat.HeaderLength, 1), [], 0, 0, 0, []);
            }

            Tidy(files, directory, recovered);
            var log = new SegmentLog(files, directory, options.SegmentBytes, recovered.Sealed, recovered.Position, recovered.SnapshotBytes);
            var engine = new MvccEngine(clock, log, new EngineLimits(options.HistoryRevisions, options.MaxValueBytes), recovered.State);
            var snapshots = new SnapshotKeeper(files, directory, engine, log, options.SegmentBytes, recovered.SnapshotBytes);
            return new EmbeddedStore(directory, held, engine, snapshots, recovered.TornBytes);
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreException(
                    StoreError.Inaccessible, $"The store's directory '{directory}' cannot be read or written: {e.Message} Check its owner, its mode and the disk.", e);
            }

            throw;
        }
    }

    /// <summary>Cuts a torn tail, so that nothing of it can be taken for a record later, and deletes what a crash left behind.</summary>
    private static void Tidy(IStoreFiles files, string directory, RecoveredStore recovered)
    {
        if (recovered.TornBytes > 0)
        {
            using var file = files.Open(Path.Combine(directory, RecordFormat.SegmentName(recovered.Position.Sequence)), write: true);
            file.SetLength(recovered.Position.Offset);
            file.Sync();
        }

        foreach (var name in recovered.Leftovers)
        {
            files.Delete(Path.Combine(directory, name));
        }
    }
}
