using System.Text;
using Banyan.Store.Memory;
using Banyan.Store.Mvcc;
using Banyan.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Store.Tests;

public sealed class MvccPropertyTests
{
    /// <summary>Any run of puts, deletes and compactions: every revision that is not compacted reads as the model's picture, and a watch retells it.</summary>
    [Fact]
    public void Store_reads_at_every_revision_what_the_model_says()
    {
        var steps = Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(0, 6).Select(key => (kind, key))).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(Arb.From(steps), run => RunAsync([.. run]).GetAwaiter().GetResult()));
    }

    [Fact]
    public void Tree_holds_what_a_sorted_dictionary_holds_and_old_roots_keep_their_shape()
    {
        var random = new Random(11);
        var tree = new VersionTree();
        var model = new SortedDictionary<string, long>(StringComparer.Ordinal);
        VersionNode? old = null;
        string[] oldKeys = [];
        for (var i = 1; i <= 20_000; i++)
        {
            var name = $"{random.Next(3000):0000}";
            var key = Encoding.ASCII.GetBytes(name);
            if (random.Next(3) == 0)
            {
                tree.Remove(key);
                model.Remove(name);
            }
            else
            {
                var version = StoredVersion.Write(key, [1], 0, i, tree.Seek(key));
                tree.Set(version);
                model[name] = i;
            }

            if (i % 1000 == 0)
            {
                Assert.Equal(oldKeys, Keys(old));
                old = tree.Share();
                oldKeys = [.. model.Keys];
                Assert.Equal(oldKeys, Keys(old));
                Assert.All(model, m => Assert.Equal(m.Value, tree.Find(Encoding.ASCII.GetBytes(m.Key))!.ModRevision));
            }
        }
    }

    [Fact]
    public async Task Store_compacts_by_itself_and_keeps_the_history_asked_for()
    {
        await using var store = new MemoryStore(new ManualClock(), historyRevisions: 100);
        for (var i = 0; i < 1000; i++)
        {
            await store.CommitAsync(StoreModel.Put("a", $"{i}"), default);
        }

        var status = await store.StatusAsync(default);
        Assert.InRange(status.Revision - status.CompactedRevision, 100, 113);
        Assert.Equal(["a=900"], await StoreModel.Pairs(store, status.Revision - 99));
    }

    [Fact]
    public async Task Store_tells_idle_watchers_how_far_it_is_when_time_passes()
    {
        var clock = new ManualClock();
        await using var store = new MemoryStore(clock);
        await using var watch = store.WatchAsync(new WatchQuery(KeyRange.Prefix("quiet/")), default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((1L, 0), (watch.Current.Revision, watch.Current.Events.Count));
        var last = (await store.CommitAsync(StoreModel.Put("loud", "1"), default)).Revision;
        var next = watch.MoveNextAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await next);
        Assert.Equal((last, 0), (watch.Current.Revision, watch.Current.Events.Count));
    }

    [Fact]
    public async Task Store_gives_watchers_of_one_range_the_same_batch()
    {
        await using var store = new MemoryStore(new ManualClock());
        var watches = Enumerable.Range(0, 3).Select(_ => store.WatchAsync(new WatchQuery(KeyRange.Prefix("a")), default).GetAsyncEnumerator()).ToArray();
        foreach (var watch in watches)
        {
            await watch.MoveNextAsync();
        }

        await store.CommitAsync(StoreModel.Put("a", "1"), default);
        foreach (var watch in watches)
        {
            await watch.MoveNextAsync();
            Assert.Same(watches[0].Current, watch.Current);
        }
    }

    [Fact]
    public async Task Store_that_is_closed_says_so_to_callers_and_watchers()
    {
        var store = new MemoryStore(new ManualClock());
        await using var watch = store.WatchAsync(new WatchQuery(KeyRange.All), default).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        var next = watch.MoveNextAsync().AsTask();
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => next)).Error);
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreModel.Put("a", "1"), default))).Error);
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => StoreModel.Pairs(store))).Error);
    }

    private static string[] Keys(VersionNode? root)
    {
        var keys = new KeyList([]);
        VersionTree.Visit(root, KeyRange.All, ref keys);
        return [.. keys.Names];
    }

    private static async Task<bool> RunAsync((int Kind, int Key)[] steps)
    {
        await using var store = new MemoryStore(new ManualClock());
        var model = new StoreModel();
        var compacted = 0L;
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, key) = (steps[i].Kind, $"k{steps[i].Key}");
            var revision = model.Pictures.Count - 1L;
            if (kind == 9 && revision > compacted + 1)
            {
                compacted = revision - (steps[i].Key % (revision - compacted));
                await store.CompactAsync(compacted, default);
            }
            else if (kind >= 6)
            {
                if (model.Pictures[^1].ContainsKey(key))
                {
                    model.Next(p => p.Remove(key));
                }

                await store.CommitAsync(StoreModel.Delete(key), default);
            }
            else
            {
                model.Next(p => p[key] = $"{i}");
                await store.CommitAsync(StoreModel.Put(key, $"{i}"), default);
            }
        }

        var last = model.Pictures.Count - 1L;
        Assert.Equal(last, (await store.StatusAsync(default)).Revision);
        for (var revision = Math.Max(1, compacted); revision <= last; revision++)
        {
            Assert.Equal(model.PairsAt(revision), await StoreModel.Pairs(store, revision));
        }

        await RetellAsync(store, model, Math.Max(1, compacted), last);
        return true;
    }

    /// <summary>Applies a watch's events to the picture it began from; the result must be the newest picture.</summary>
    private static async Task RetellAsync(MemoryStore store, StoreModel model, long from, long last)
    {
        var picture = new SortedDictionary<string, string>(model.Pictures[(int)from], StringComparer.Ordinal);
        await foreach (var batch in store.WatchAsync(new WatchQuery(KeyRange.All) { AfterRevision = from }, default))
        {
            foreach (var e in batch.Events)
            {
                _ = e.Kind == WatchEventKind.Put ? (picture[e.Entry.Key.ToString()] = Encoding.UTF8.GetString(e.Entry.Value.Span)) is null : picture.Remove(e.Entry.Key.ToString());
            }

            if (batch.Revision >= last)
            {
                break;
            }
        }

        Assert.Equal(model.Pictures[^1], picture);
    }

    private readonly struct KeyList(List<string> names) : IVersionVisitor
    {
        public List<string> Names => names;

        public bool Visit(StoredVersion newest)
        {
            names.Add(Encoding.ASCII.GetString(newest.Key));
            return true;
        }
    }
}
