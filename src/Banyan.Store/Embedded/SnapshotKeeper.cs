using Banyan.Store.Mvcc;

namespace Banyan.Store.Embedded;

/// <summary>
/// Writes snapshots of the index as of the compacted revision, beside the running store, and deletes the segments they replace. A snapshot is worth it when
/// the segments it frees are as long as itself: so the disk holds at most about twice what is needed, and each byte is written about twice.
/// </summary>
internal sealed class SnapshotKeeper
{
    private readonly IStoreFiles _files;
    private readonly string _directory;
    private readonly MvccEngine _engine;
    private readonly SegmentLog _log;
    private readonly long _segmentBytes;
    private readonly SemaphoreSlim _one = new(1);
    private long _snapshotBytes;
    private int _busy;
    private volatile bool _stopped;

    public SnapshotKeeper(IStoreFiles files, string directory, MvccEngine engine, SegmentLog log, long segmentBytes, long snapshotBytes)
    {
        (_files, _directory, _engine, _log) = (files, directory, engine, log);
        (_segmentBytes, _snapshotBytes) = (segmentBytes, snapshotBytes);
        engine.Compacted = Consider;
    }

    /// <summary>Why the newest snapshot could not be written; null = it could. Writing goes on without it; only the disk fills more.</summary>
    public Exception? LastFailure { get; private set; }

    public async Task StopAsync()
    {
        _stopped = true;
        await _one.WaitAsync();
        _one.Release();
    }

    public async Task RunOnceAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_stopped || _engine.CompactedRevision <= 0)
            {
                return;
            }

            _engine.HoldHistory = true;
            await WriteAsync();
            LastFailure = null;
        }
        catch (Exception e) when (e is IOException or StoreException or UnauthorizedAccessException)
        {
            LastFailure = e;
        }
        finally
        {
            _engine.HoldHistory = false;
            _one.Release();
        }
    }

    /// <summary>On the committer.</summary>
    private void Consider()
    {
        var compacted = _engine.CompactedRevision;
        var freed = _log.Sealed.Where(s => s.LastRevision <= compacted).Sum(s => s.Length);
        if (freed >= Math.Max(_segmentBytes, Volatile.Read(ref _snapshotBytes)) && Interlocked.Exchange(ref _busy, 1) == 0)
        {
            _ = Task.Run(async () =>
            {
                await RunOnceAsync();
                Volatile.Write(ref _busy, 0);
            });
        }
    }

    private async Task WriteAsync()
    {
        // 1. What it may replace: segments that end at or before the revision. Taken before the leases, so that each lease in them is in the list.
        var revision = _engine.CompactedRevision;
        var freed = _log.Sealed.Where(s => s.LastRevision <= revision).ToArray();
        var first = freed.Length > 0 ? freed[^1].Sequence + 1 : (_log.Sealed is [var oldest, ..] ? oldest.Sequence : _log.Sequence);
        var leases = await _engine.ListLeasesAsync();

        // 2. Written beside, made durable, then put in place.
        var path = Path.Combine(_directory, RecordFormat.SnapshotName(revision));
        long length;
        using (var file = _files.Create(path + ".tmp"))
        {
            var writer = new SnapshotWriter(file, new FileHeader(first, revision, 0));
            writer.Begin();
            var copy = new Copier(writer, revision);
            VersionTree.Visit(_engine.View.Root, KeyRange.All, ref copy);
            writer.End(leases.Select(l => (l.Id, l.Seconds)));
            length = writer.Length;
        }

        // A compaction by hand may have cut the chains that were being read.
        Interlocked.MemoryBarrier();
        if (_engine.CompactedRevision != revision)
        {
            _files.Delete(path + ".tmp");
            return;
        }

        _files.Rename(path + ".tmp", path);
        _files.SyncDirectory(_directory);

        // 3. Only now is what it replaces no longer needed. Oldest first, so that a crash leaves no gap.
        foreach (var segment in freed)
        {
            _files.Delete(Path.Combine(_directory, RecordFormat.SegmentName(segment.Sequence)));
        }

        foreach (var name in _files.List(_directory))
        {
            if (RecordFormat.NumberIn(name, "snapshot-", ".snap") is >= 0 and var older && older < revision)
            {
                _files.Delete(Path.Combine(_directory, name));
            }
        }

        _log.Forget(freed, length - _snapshotBytes);
        Volatile.Write(ref _snapshotBytes, length);
    }

    private struct Copier(SnapshotWriter writer, long revision) : IVersionVisitor
    {
        public readonly bool Visit(StoredVersion newest)
        {
            if (newest.LiveAt(revision) is { } version)
            {
                writer.Add(version.ToEntry());
            }

            return true;
        }
    }
}
