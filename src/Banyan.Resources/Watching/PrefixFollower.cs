using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Resources.Watching;

/// <summary>
/// Follows all keys under a prefix: list, then watch; after an error again from the last revision seen, with back-off; after a compaction list again.
/// </summary>
/// <remarks>
/// <code>
///        ┌────────── compacted ──────────┐
///        ▼                               │
///   [ list ] ── reset(entries) ──▶ [ watch ] ── batch ──┐
///        │ error: back off, again        │ error: back off, watch after the last batch
/// </code>
/// Calls back on one logical thread; the callbacks must not block.
/// </remarks>
public sealed class PrefixFollower
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly IStore _store;
    private readonly KeyRange _range;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _what;
    private readonly Action<IReadOnlyList<StoreEntry>, long> _reset;
    private readonly Action<WatchBatch> _apply;

    /// <summary>Prepares a follower; <see cref="RunAsync"/> runs it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="prefix">Which keys.</param>
    /// <param name="what">What they are, for the log.</param>
    /// <param name="clock">For back-off.</param>
    /// <param name="log">Takes a warning an interruption.</param>
    /// <param name="reset">Takes everything there is, and its revision.</param>
    /// <param name="apply">Takes what changed since.</param>
    public PrefixFollower(
        IStore store, StoreKey prefix, string what, TimeProvider clock, ILogger log, Action<IReadOnlyList<StoreEntry>, long> reset, Action<WatchBatch> apply)
    {
        _store = store;
        _range = KeyRange.Prefix(prefix);
        _what = what;
        _clock = clock;
        _log = log;
        _reset = reset;
        _apply = apply;
    }

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var revision = 0L;
        var delay = FirstDelay;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (revision == 0)
                {
                    var list = await _store.RangeAsync(new RangeQuery(_range), ct);
                    _reset(list.Entries, list.Revision);
                    revision = list.Revision;
                }

                await foreach (var batch in _store.WatchAsync(new WatchQuery(_range) { AfterRevision = revision }, ct))
                {
                    _apply(batch);
                    revision = batch.Revision;
                    delay = FirstDelay;
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException e) when (e.Error is StoreError.Compacted or StoreError.FutureRevision)
            {
                // History is gone, or the store was put back to an older state: what we know may miss deletes.
                ResourcesLog.FollowerRelists(_log, _what, revision);
                revision = 0;
                await BackOffAsync();
            }
            catch (StoreException e)
            {
                ResourcesLog.FollowerInterrupted(_log, _what, revision, delay, e);
                await BackOffAsync();
            }
        }

        async Task BackOffAsync()
        {
            await Task.Delay(delay, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }
}
