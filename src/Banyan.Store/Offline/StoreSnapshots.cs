using Banyan.Store.Embedded;
using Banyan.Store.Mvcc;

namespace Banyan.Store.Offline;

/// <summary>What a snapshot file holds.</summary>
/// <param name="Revision">The state it holds is that of this revision.</param>
/// <param name="Entries">Entries.</param>
/// <param name="Leases">Leases.</param>
/// <param name="Bytes">The file's length.</param>
public sealed record SnapshotSummary(long Revision, long Entries, long Leases, long Bytes);

/// <summary>
/// Saves a store's state into one portable file, and makes a new store from it. Revisions, versions and leases are kept; history before the snapshot is not.
/// The file has a CRC on every record and ends with counts: a damaged or short file is refused whole.
/// </summary>
public static class StoreSnapshots
{
    /// <summary>Saves the present state of any store, while it is in use. Leases are those its keys are bound to.</summary>
    /// <exception cref="StoreException">Whatever the store refuses with; Inaccessible when the file cannot be written.</exception>
    public static async Task<SnapshotSummary> SaveAsync(IStore store, string file, CancellationToken cancellation)
    {
        var revision = (await store.StatusAsync(cancellation)).Revision;
        var leases = new SortedSet<long>();
        return await WriteAsync(file, revision, async writer =>
        {
            await foreach (var entry in StorePages.ReadAsync(store, revision, cancellation))
            {
                writer.Add(entry);
                if (entry.LeaseId != 0)
                {
                    leases.Add(entry.LeaseId);
                }
            }

            var kept = new List<(long Id, long Seconds)>();
            foreach (var id in leases)
            {
                try
                {
                    kept.Add((id, (long)(await store.GetLeaseAsync(id, cancellation)).TimeToLive.TotalSeconds));
                }
                catch (StoreException e) when (e.Error == StoreError.LeaseNotFound)
                {
                    // It ended after the revision that is saved. One second is the shortest: its keys go soon after the restore, as they did here.
                    kept.Add((id, 1));
                }
            }

            writer.End(kept);
        });
    }

    /// <summary>Saves the state of a directory in which no store is open.</summary>
    /// <exception cref="StoreException">Locked, Corrupt, NewerFormat, Inaccessible.</exception>
    public static async Task<SnapshotSummary> SaveAsync(string directory, string file, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
        {
            throw StoreVerifier.NoStore(directory);
        }

        var files = new DiskFiles(flush: true);
        using var held = files.Lock(directory);
        var state = (new StoreRecovery(files, directory).Read() ?? throw StoreVerifier.NoStore(directory)).State;
        var root = state.Tree.Share();
        return await WriteAsync(file, state.Revision, writer =>
        {
            cancellation.ThrowIfCancellationRequested();
            var copier = new Copier(writer, state.Revision);
            VersionTree.Visit(root, KeyRange.All, ref copier);
            writer.End(state.Leases.Select(l => (l.Id, l.Seconds)));
            return Task.CompletedTask;
        });
    }

    /// <summary>Reads a snapshot file whole and checks it.</summary>
    /// <exception cref="StoreException">Corrupt, NewerFormat, Inaccessible.</exception>
    public static SnapshotSummary Check(string file) => Guard(file, () =>
    {
        using var opened = new DiskFiles(flush: false).Open(file, write: false);
        var header = SnapshotReader.Read(opened, file, _ => { }, (_, _) => { }, out var counts);
        return new SnapshotSummary(header.Revision, counts.Entries, counts.Leases, opened.Length);
    });

    /// <summary>Makes a new store from a snapshot file. The directory must not exist or be empty.</summary>
    /// <exception cref="StoreException">Corrupt, NewerFormat, Inaccessible.</exception>
    public static Task<SnapshotSummary> RestoreAsync(string file, string directory, CancellationToken cancellation)
    {
        var summary = Check(file);
        return Task.FromResult(Guard(directory, () =>
        {
            var files = new DiskFiles(flush: true);
            files.CreateDirectory(directory);
            using var held = files.Lock(directory);
            if (files.List(directory).Any(n => n != "LOCK"))
            {
                throw new StoreException(StoreError.Inaccessible, $"The directory '{directory}' is not empty. Restore into a new one.");
            }

            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(directory, RecordFormat.SnapshotName(summary.Revision));

            // The snapshot comes last: without it the directory is not yet this store, and a restore that was broken off is refused as not empty.
            SegmentLog.Create(files, directory, new FileHeader(1, summary.Revision, 0));
            using (var from = files.Open(file, write: false))
            using (var to = files.Create(path + ".tmp"))
            {
                var writer = new SnapshotWriter(to, new FileHeader(1, summary.Revision, 0));
                writer.Begin();
                var leases = new List<(long Id, long Seconds)>();
                SnapshotReader.Read(from, file, writer.Add, (id, seconds) => leases.Add((id, seconds)), out _);
                writer.End(leases);
            }

            files.Rename(path + ".tmp", path);
            files.SyncDirectory(directory);
            return summary;
        }));
    }

    private static async Task<SnapshotSummary> WriteAsync(string file, long revision, Func<SnapshotWriter, Task> fill)
    {
        var files = new DiskFiles(flush: true);
        var path = Path.GetFullPath(file);
        try
        {
            SnapshotWriter writer;
            using (var to = files.Create(path + ".tmp"))
            {
                writer = new SnapshotWriter(to, new FileHeader(1, revision, 0));
                writer.Begin();
                await fill(writer);
            }

            files.Rename(path + ".tmp", path);
            files.SyncDirectory(Path.GetDirectoryName(path)!);
            return new SnapshotSummary(revision, writer.Counts.Entries, writer.Counts.Leases, writer.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.Inaccessible, $"The snapshot '{file}' cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(path + ".tmp");
        }
    }

    private static SnapshotSummary Guard(string path, Func<SnapshotSummary> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.Inaccessible, $"'{path}' cannot be read or written: {e.Message}", e);
        }
    }

    private readonly struct Copier(SnapshotWriter writer, long revision) : IVersionVisitor
    {
        public bool Visit(StoredVersion newest)
        {
            if (newest.LiveAt(revision) is { } version)
            {
                writer.Add(version.ToEntry());
            }

            return true;
        }
    }
}

/// <summary>Reads all of a store in pages, at one revision.</summary>
internal static class StorePages
{
    private const int PageSize = 1000;

    public static async IAsyncEnumerable<StoreEntry> ReadAsync(
        IStore store, long revision, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = KeyRange.All;
        while (true)
        {
            var page = await store.RangeAsync(new RangeQuery(range) { AtRevision = revision, Limit = PageSize }, cancellation);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            if (!page.More)
            {
                yield break;
            }

            range = new KeyRange(KeyRange.Single(page.Entries[^1].Key).End, default);
        }
    }
}
