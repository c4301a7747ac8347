namespace Banyan.Store.Offline;

/// <summary>How far a copy is.</summary>
/// <param name="Entries">Entries copied from the first state.</param>
/// <param name="Events">Changes followed since.</param>
/// <param name="Revision">The source's revision up to which the target is equal.</param>
public sealed record CopyProgress(long Entries, long Events, long Revision);

/// <summary>
/// Copies a live store into another, of any engine: first the state at one revision, then every change after it until the target has caught up, then a
/// comparison of both. The target must be empty. What is not kept: the source's revisions (the target counts its own) and history.
/// Leases are granted in the target under the same numbers and renewed there while the copy runs, so that whoever renews a lease by its number can go on at
/// the target; what a lease that ends at the source deletes is deleted at the target as any change. For a copy without loss, stop writers before it ends, or
/// call it again: a source that changes during the comparison is followed and compared anew, a bounded number of times.
/// </summary>
public static class StoreCopier
{
    private const int PutsACommit = 100;
    private const int Comparisons = 10;

    /// <summary>Copies everything, and returns when source and target were found equal.</summary>
    /// <exception cref="StoreException">Invalid when the target is not empty or the source never rests; whatever either store refuses with.</exception>
    public static async Task<CopyProgress> CopyAsync(IStore from, IStore to, IProgress<CopyProgress>? progress, CancellationToken cancellation)
    {
        if ((await to.RangeAsync(new RangeQuery(KeyRange.All) { Limit = 1, KeysOnly = true }, cancellation)).Entries.Count > 0)
        {
            throw new StoreException(StoreError.Invalid, "The store to copy into is not empty. Copy into a new one.");
        }

        var copy = new Copy(from, to, progress);
        var revision = (await from.StatusAsync(cancellation)).Revision;
        await copy.StateAsync(revision, cancellation);
        for (var attempt = 0; attempt < Comparisons; attempt++)
        {
            var newest = (await from.StatusAsync(cancellation)).Revision;
            await copy.FollowAsync(newest, cancellation);
            if (await copy.IsEqualAsync(newest, cancellation))
            {
                return copy.Progress;
            }
        }

        throw new StoreException(StoreError.Invalid, "The copy is not equal to the source. Is somebody else writing to the target? Copy into a new store.");
    }

    private sealed class Copy(IStore from, IStore to, IProgress<CopyProgress>? progress)
    {
        private readonly HashSet<long> _leases = [];

        public CopyProgress Progress { get; private set; } = new(0, 0, 0);

        public async Task StateAsync(long revision, CancellationToken cancellation)
        {
            var puts = new List<StoreOperation>();
            await foreach (var entry in StorePages.ReadAsync(from, revision, cancellation))
            {
                puts.Add(await PutAsync(entry, cancellation));
                if (puts.Count == PutsACommit)
                {
                    await FlushAsync();
                }
            }

            await FlushAsync();
            Progress = Progress with { Revision = revision };

            async Task FlushAsync()
            {
                await to.CommitAsync(new StoreTransaction([], puts), cancellation);
                Progress = Progress with { Entries = Progress.Entries + puts.Count };
                puts.Clear();
                await RenewAsync(cancellation);
                progress?.Report(Progress);
            }
        }

        /// <summary>Applies every change up to a revision.</summary>
        public async Task FollowAsync(long revision, CancellationToken cancellation)
        {
            if (Progress.Revision >= revision)
            {
                return;
            }

            await foreach (var batch in from.WatchAsync(new WatchQuery(KeyRange.All) { AfterRevision = Progress.Revision }, cancellation))
            {
                foreach (var step in batch.Events.GroupBy(e => e.Entry.ModRevision))
                {
                    var operations = new List<StoreOperation>();
                    foreach (var e in step)
                    {
                        operations.Add(e.Kind == WatchEventKind.Put ? await PutAsync(e.Entry, cancellation) : new StoreOperation.Delete(KeyRange.Single(e.Entry.Key)));
                    }

                    foreach (var part in operations.Chunk(PutsACommit))
                    {
                        await to.CommitAsync(new StoreTransaction([], part), cancellation);
                    }
                }

                Progress = Progress with { Events = Progress.Events + batch.Events.Count, Revision = Math.Max(Progress.Revision, batch.Revision) };
                await RenewAsync(cancellation);
                progress?.Report(Progress);
                if (batch.Revision >= revision)
                {
                    return;
                }
            }
        }

        public async Task<bool> IsEqualAsync(long revision, CancellationToken cancellation)
        {
            // The watch may have told more than was asked for.
            var at = Math.Max(revision, Progress.Revision);
            var target = (await to.StatusAsync(cancellation)).Revision;
            await using var copied = StorePages.ReadAsync(to, target, cancellation).GetAsyncEnumerator(cancellation);
            await foreach (var entry in StorePages.ReadAsync(from, at, cancellation))
            {
                if (!await copied.MoveNextAsync() || copied.Current.Key != entry.Key || !copied.Current.Value.Span.SequenceEqual(entry.Value.Span)
                    || copied.Current.LeaseId != entry.LeaseId)
                {
                    return false;
                }
            }

            return !await copied.MoveNextAsync();
        }

        private async ValueTask<StoreOperation> PutAsync(StoreEntry entry, CancellationToken cancellation)
        {
            if (entry.LeaseId != 0 && _leases.Add(entry.LeaseId))
            {
                var seconds = TimeSpan.FromSeconds(1);
                try
                {
                    seconds = (await from.GetLeaseAsync(entry.LeaseId, cancellation)).TimeToLive;
                }
                catch (StoreException e) when (e.Error == StoreError.LeaseNotFound)
                {
                    // It ended since; its deletes follow in the watch. Long enough for them to arrive first.
                    seconds = TimeSpan.FromMinutes(1);
                }

                await to.GrantLeaseAsync(seconds, entry.LeaseId, cancellation);
            }

            return new StoreOperation.Put(entry.Key, entry.Value, entry.LeaseId);
        }

        private async ValueTask RenewAsync(CancellationToken cancellation)
        {
            foreach (var lease in _leases)
            {
                await to.RenewLeaseAsync(lease, cancellation);
            }
        }
    }
}
