using System.Diagnostics;
using System.Globalization;
using Banyan.Store;

namespace Banyan.Bench.Stores;

/// <summary>The loads both stores get, through the same contract and the same client code.</summary>
internal static class StoreLoad
{
    private const int ValueBytes = 256;

    /// <summary>Writers that each wait for their commit before the next, spread over connections; committed writes a second.</summary>
    public static async Task<double> WritesAsync(IReadOnlyList<IStore> connections, int writers, TimeSpan duration, CancellationToken cancellation)
    {
        var value = new byte[ValueBytes];
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                long done = 0;
                var store = connections[writer % connections.Count];
                while (clock.Elapsed < duration)
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"bench/write/{writer:0000}/{done % 1000:0000}");
                    await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, value)), cancellation);
                    done++;
                }

                return done;
            },
            cancellation)));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Watchers of one prefix, each told of every one of a number of writes; events delivered a second.</summary>
    public static async Task<double> EventsAsync(IStore store, int watchers, int writes, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var after = (await store.StatusAsync(cancellation)).Revision;
        var inPlace = new CountdownEvent(watchers);
        var watching = Enumerable.Range(0, watchers)
            .Select(_ => Task.Run(() => FollowAsync(store, after, writes, inPlace, end.Token), cancellation))
            .ToArray();

        // One write everybody must have seen says that all watches are in place; the clock starts then.
        await PutAsync(store, 0, cancellation);
        await Task.Run(() => inPlace.Wait(cancellation), cancellation);
        var clock = Stopwatch.StartNew();
        const int Writers = 8;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = writer; i < writes; i += Writers)
                {
                    await PutAsync(store, i + 1, cancellation);
                }
            },
            cancellation)));
        await Task.WhenAll(watching);
        return (double)watchers * writes / clock.Elapsed.TotalSeconds;
    }

    private static async Task PutAsync(IStore store, int number, CancellationToken cancellation) =>
        await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put($"bench/watch/{number % 100}", new byte[ValueBytes])), cancellation);

    private static async Task FollowAsync(IStore store, long after, int writes, CountdownEvent inPlace, CancellationToken end)
    {
        var seen = -1L;
        await foreach (var batch in store.WatchAsync(new WatchQuery(KeyRange.Prefix("bench/watch/")) { AfterRevision = after, Progress = false }, end))
        {
            if (seen < 0 && batch.Events.Count > 0)
            {
                inPlace.Signal();
            }

            seen += batch.Events.Count;
            if (seen >= writes)
            {
                return;
            }
        }
    }
}
