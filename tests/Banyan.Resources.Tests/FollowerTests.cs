using Banyan.Resources.Watching;
using Banyan.Store;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Resources.Tests;

public sealed class FollowerTests
{
    [Fact]
    public async Task Follower_resumes_after_an_error_without_listing_again()
    {
        await using var store = new FlakyStore(new MemoryStore(TimeProvider.System));
        var clock = new ManualClock();
        var seen = new List<string>();
        using var stop = new CancellationTokenSource();
        var run = Follow(store, clock, seen, stop.Token);
        await Eventually.True(() => Seen(seen).Contains("reset:"), "the first list");
        await Put(store, "/k/a");
        await Eventually.True(() => Seen(seen).Contains("/k/a"), "the first change");

        store.CutWatches(new StoreException(StoreError.Unavailable, "away"));
        await Put(store, "/k/b");
        await Eventually.True(() => clock.WaitingTimers > 0, "the back-off");
        store.Fails = null;
        clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.True(() => Seen(seen).Contains("/k/b"), "what was missed");
        Assert.Equal(["reset:", "/k/a", "/k/b"], Seen(seen));
        Assert.Equal(1, store.Lists);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Follower_lists_again_after_a_compaction()
    {
        await using var store = new FlakyStore(new MemoryStore(TimeProvider.System));
        var clock = new ManualClock();
        var seen = new List<string>();
        using var stop = new CancellationTokenSource();
        var run = Follow(store, clock, seen, stop.Token);
        await Eventually.True(() => Seen(seen).Contains("reset:"), "the first list");
        store.CutWatches(new StoreException(StoreError.Unavailable, "away"));
        await Put(store, "/k/a");
        await Put(store, "/k/b");
        await Put(store, "/other");
        await store.CompactAsync((await store.StatusAsync(default)).Revision, default);
        store.Fails = null;
        await Eventually.True(() => Advance(clock) && Seen(seen).Contains("reset:/k/a,/k/b"), "the second list");
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Follower_waits_longer_after_each_failure_and_ends_when_told()
    {
        await using var store = new FlakyStore(new MemoryStore(TimeProvider.System)) { Fails = new StoreException(StoreError.Unavailable, "away") };
        var clock = new ManualClock();
        using var stop = new CancellationTokenSource();
        var run = Follow(store, clock, [], stop.Token);
        await Eventually.True(() => clock.WaitingTimers == 1, "the first back-off");
        Assert.Equal(1, store.Lists);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        await Eventually.True(() => store.Lists == 2 && clock.WaitingTimers == 1, "the second try");
        clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(2, store.Lists);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        await Eventually.True(() => store.Lists == 3, "the third try");
        await stop.CancelAsync();
        await run;
    }

    private static bool Advance(ManualClock clock)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return true;
    }

    private static string[] Seen(List<string> seen)
    {
        lock (seen)
        {
            return [.. seen];
        }
    }

    private static async Task Put(FlakyStore store, string key) => await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, "v"u8.ToArray())), default);

    private static Task Follow(FlakyStore store, TimeProvider clock, List<string> seen, CancellationToken ct)
    {
        return new PrefixFollower(store, "/k/", "keys", clock, NullLogger.Instance, Reset, Apply).RunAsync(ct);

        void Reset(IReadOnlyList<StoreEntry> entries, long revision)
        {
            lock (seen)
            {
                seen.Add("reset:" + string.Join(',', entries.Select(e => e.Key.ToString())));
            }
        }

        void Apply(WatchBatch batch)
        {
            lock (seen)
            {
                seen.AddRange(batch.Events.Select(e => e.Entry.Key.ToString()));
            }
        }
    }
}
