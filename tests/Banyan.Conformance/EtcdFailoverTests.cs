using System.Collections.Concurrent;
using System.Globalization;
using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Etcd;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Conformance;

/// <summary>Three real etcd members, and the leader killed under load.</summary>
public sealed class EtcdFailoverTests
{
    private const int WritesBefore = 50;
    private const int WritesAfter = 50;

    [NeedsFact("etcd")]
    public async Task Leader_killed_under_load_nothing_acknowledged_is_lost_and_a_resumed_watch_has_no_gap()
    {
        await using var cluster = await EtcdCluster.StartAsync(3);
        await using var store = new EtcdStore(
            new EtcdStoreOptions { Endpoints = cluster.Endpoints, Patience = Eventually.Deadline }, new GrpcChannelOptions(), TimeProvider.System);
        using var end = new CancellationTokenSource();
        var start = (await store.StatusAsync(end.Token)).Revision;
        var seen = new ConcurrentQueue<(string Key, long Revision)>();
        var watching = FollowAsync(store, start, seen, end.Token);

        var acknowledged = new List<string>();
        await WriteAsync(store, acknowledged, WritesBefore, "before");
        var killed = await cluster.KillLeaderAsync();
        await WriteAsync(store, acknowledged, WritesAfter, "after");

        var stored = await store.RangeAsync(new RangeQuery(KeyRange.Prefix("k/")), CancellationToken.None);
        var keys = stored.Entries.Select(entry => entry.Key.ToString()).ToHashSet();
        Assert.All(acknowledged, key => Assert.Contains(key, keys));
        Assert.Contains(killed, cluster.Endpoints);

        // What is stored (also what was done without an answer) was told exactly once and in order.
        await Eventually.True(() => seen.Count >= keys.Count, "the watch has told every stored key");
        await end.CancelAsync();
        await watching;
        Assert.Equal(seen.Select(change => change.Revision).Order(), seen.Select(change => change.Revision));
        Assert.Equal(keys.Order(), seen.Select(change => change.Key).Order());
    }

    private static async Task WriteAsync(EtcdStore store, List<string> acknowledged, int count, string phase)
    {
        for (var i = 0; i < count; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"k/{phase}-{i:000}");
            try
            {
                await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, "v"u8.ToArray())), CancellationToken.None);
                acknowledged.Add(key);
            }
            catch (StoreException failure) when (failure.Error == StoreError.Unavailable && failure.MaybeDone)
            {
                // In doubt: it may be there or not. The next write goes to whoever answers.
            }
        }
    }

    private static async Task FollowAsync(EtcdStore store, long after, ConcurrentQueue<(string Key, long Revision)> seen, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in store.WatchAsync(new WatchQuery(KeyRange.Prefix("k/")) { AfterRevision = after }, end))
                {
                    foreach (var change in batch.Events)
                    {
                        seen.Enqueue((change.Entry.Key.ToString(), change.Entry.ModRevision));
                    }

                    after = batch.Revision;
                }
            }
            catch (StoreException failure) when (failure.Error == StoreError.Unavailable)
            {
                // Watch again after the last revision seen, as the contract says.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
