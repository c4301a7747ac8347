using Banyan.Store;
using Banyan.Store.Remote;
using Banyan.Store.Memory;
using Banyan.Testing;

namespace Banyan.Conformance;

/// <summary>What happens to a remote store's streams when its server stops and comes back.</summary>
public sealed class RemoteStoreTests
{
    [Fact]
    public async Task Server_stops_at_once_while_streams_are_open_and_watchers_are_told()
    {
        await using var server = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System));
        await using var store = server.Connect();
        await PutAsync(store, "a");
        await using var watch = store.WatchAsync(new WatchQuery(KeyRange.All) { AfterRevision = 1 }, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        // Without its streams' help a server waits until this token says that it has waited enough, and then throws.
        using var patience = new CancellationTokenSource(Eventually.Deadline);
        await server.StopAsync(patience.Token);
        Assert.False(patience.IsCancellationRequested);
        var lost = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            while (await watch.MoveNextAsync())
            {
            }
        });
        Assert.Equal(StoreError.Unavailable, lost.Error);
    }

    [Fact]
    public async Task Commit_while_nobody_serves_is_unavailable_and_works_again_when_somebody_does()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var first = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System), address);
        await using var store = first.Connect();
        await PutAsync(store, "a");
        await first.DisposeAsync();
        await Eventually.True(
            async () =>
            {
                try
                {
                    await PutAsync(store, "b");
                    return false;
                }
                catch (StoreException failure)
                {
                    return failure is { Error: StoreError.Unavailable, MaybeDone: true };
                }
            },
            "commits fail as unavailable");

        await using var second = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System), address);
        await Eventually.True(
            async () =>
            {
                try
                {
                    await PutAsync(store, "c");
                    return true;
                }
                catch (StoreException)
                {
                    return false;
                }
            },
            "commits work again");
        Assert.Equal(["c"], (await store.RangeAsync(new RangeQuery(KeyRange.All), CancellationToken.None)).Entries.Select(entry => entry.Key.ToString()));
    }

    [Fact]
    public async Task Compare_that_fails_with_more_than_an_answer_holds_is_refused_and_harms_no_other_commit()
    {
        await using var server = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System));
        await using var store = server.Connect();
        for (var i = 0; i < 6; i++)
        {
            await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put($"big/{i}", new byte[500 * 1024])), CancellationToken.None);
        }

        var compares = Enumerable.Range(0, 6).Select(i => StoreCompare.Absent($"big/{i}")).ToArray();
        var large = store.CommitAsync(new StoreTransaction(compares, []), CancellationToken.None).AsTask();
        await PutAsync(store, "small");
        Assert.Equal(StoreError.Invalid, (await Assert.ThrowsAsync<StoreException>(() => large)).Error);
    }

    [Fact]
    public async Task Commit_after_disposal_is_refused()
    {
        await using var server = await StoreServer.StartAsync(new MemoryStore(TimeProvider.System));
        var store = server.Connect();
        await PutAsync(store, "a");
        await store.DisposeAsync();
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "b"))).Error);
    }

    private static async Task PutAsync(RemoteStore store, string key) =>
        await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(key, "v"u8.ToArray())), CancellationToken.None);
}
