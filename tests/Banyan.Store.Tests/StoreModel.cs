using System.Text;
using Banyan.Store.Embedded;
using Banyan.Store.Mvcc;
using Banyan.Testing;

namespace Banyan.Store.Tests;

/// <summary>What a store must hold: keys with values, one picture a revision.</summary>
internal sealed class StoreModel
{
    public List<SortedDictionary<string, string>> Pictures { get; } = [[], []];

    /// <summary>Remembers the picture of the next revision.</summary>
    public void Next(Action<SortedDictionary<string, string>> change)
    {
        var next = new SortedDictionary<string, string>(Pictures[^1], StringComparer.Ordinal);
        change(next);
        Pictures.Add(next);
    }

    public static EmbeddedStore Open(SimulatedFiles files, long history = 1000, long segment = 700) =>
        EmbeddedStore.Open("dir", new EmbeddedStoreOptions { HistoryRevisions = history, SegmentBytes = segment }, new ManualClock(), files);

    public static StoreTransaction Put(string key, string value, long lease = 0) =>
        StoreTransaction.Of(new StoreOperation.Put(key, Encoding.UTF8.GetBytes(value), lease));

    public static StoreTransaction Delete(string key) => StoreTransaction.Of(new StoreOperation.Delete(KeyRange.Single(key)));

    public static async Task<string[]> Pairs(IStore store, long at = 0) =>
        [.. (await store.RangeAsync(new RangeQuery(KeyRange.All) { AtRevision = at }, default)).Entries.Select(e => $"{e.Key}={Encoding.UTF8.GetString(e.Value.Span)}")];

    public string[] PairsAt(long revision) => [.. Pictures[(int)revision].Select(p => $"{p.Key}={p.Value}")];

    /// <summary>A sequence with everything in it: puts, deletes, leases, compactions, snapshots, several segments. Returns the newest acknowledged revision.</summary>
    public async Task<long> RunAsync(EmbeddedStore store, int writes)
    {
        var acknowledged = 1L;
        try
        {
            await store.GrantLeaseAsync(TimeSpan.FromSeconds(100), 7, default);
            for (var i = 0; i < writes; i++)
            {
                var (key, value) = ($"k{i % 5}", $"{i}-{new string('x', i * 13 % 90)}");
                if (i % 6 == 5)
                {
                    Next(p => p.Remove($"k{(i - 1) % 5}"));
                    acknowledged = (await store.CommitAsync(Delete($"k{(i - 1) % 5}"), default)).Revision;
                }
                else
                {
                    Next(p => (p[key], p[key + "/twin"]) = (value, value));
                    var bytes = Encoding.UTF8.GetBytes(value);
                    acknowledged = (await store.CommitAsync(
                        StoreTransaction.Of(new StoreOperation.Put(key, bytes), new StoreOperation.Put(key + "/twin", bytes, i % 3 == 0 ? 7 : 0)), default)).Revision;
                }

                if (i % 10 == 9)
                {
                    await store.CompactAsync(acknowledged - 3, default);
                    await store.SnapshotAsync();
                }
            }
        }
        catch (StoreException e) when (e.Error is StoreError.Unavailable)
        {
            // The power went off.
        }

        return acknowledged;
    }
}
