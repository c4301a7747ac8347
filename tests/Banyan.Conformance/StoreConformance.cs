using System.Text;
using Banyan.Store;

namespace Banyan.Conformance;

/// <summary>
/// What every store engine must do, by the words of <see cref="IStore"/>. Derive with a factory to run it against an engine. Cases use keys of their own and
/// revisions relative to the present one, so that one server may serve them all, one after the other. Time is real: leases last one or two seconds.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private static int _cases;
    private readonly CancellationTokenSource _end = new();
    private readonly string _prefix = $"conformance/{Environment.ProcessId}-{Interlocked.Increment(ref _cases):0000}/";
    private IStore? _store;

    /// <summary>The store under test.</summary>
    protected IStore Store => _store ?? throw new InvalidOperationException("Not opened.");

    /// <summary>True when each case gets an empty store, so that absolute revisions can be checked.</summary>
    protected virtual bool StartsEmpty => true;

    /// <summary>Longest value the engine was opened with.</summary>
    protected virtual int MaxValueBytes => 1 << 20;

    /// <summary>What <see cref="StoreStatus.Engine"/> says.</summary>
    protected abstract string EngineName { get; }

    /// <summary>Ends when the case ends.</summary>
    protected CancellationToken Cancellation => _end.Token;

    /// <summary>Opens the engine; called once a case.</summary>
    protected abstract ValueTask<IStore> OpenAsync();

    /// <inheritdoc/>
    public async Task InitializeAsync() => _store = await OpenAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Store.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>A key of this case.</summary>
    protected StoreKey Key(string name) => _prefix + name;

    /// <summary>All keys of this case, or those that begin with a name.</summary>
    protected KeyRange Keys(string name = "") => KeyRange.Prefix(Key(name));

    /// <summary>The key without this case's prefix.</summary>
    protected string Name(StoreKey key) => key.ToString()[_prefix.Length..];

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    protected StoreOperation.Put PutOf(string name, string value, long lease = 0) => new(Key(name), Bytes(value), lease);

    protected StoreOperation.Delete DeleteOf(string name) => new(KeyRange.Single(Key(name)));

    protected async Task<CommitResult> Commit(params StoreOperation[] operations) => await Store.CommitAsync(StoreTransaction.Of(operations), Cancellation);

    /// <summary>Puts keys under a lease that will be left to expire. On a slow machine it may have before they are written: then another one is tried.</summary>
    /// <returns>The lease, and the revision of the commit.</returns>
    protected async Task<(long Lease, long Revision)> PutExpiring(params string[] names)
    {
        while (true)
        {
            var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(1), 0, Cancellation);
            try
            {
                return (lease.Id, (await Commit([.. names.Select(name => PutOf(name, "1", lease.Id))])).Revision);
            }
            catch (StoreException over) when (over.Error == StoreError.LeaseNotFound)
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    protected async Task<long> Put(string name, string value, long lease = 0) => (await Commit(PutOf(name, value, lease))).Revision;

    protected async Task<long> Delete(string name) => (await Commit(DeleteOf(name))).Revision;

    protected async Task<RangeResult> Range(KeyRange range, long at = 0, int limit = 0) =>
        await Store.RangeAsync(new RangeQuery(range) { AtRevision = at, Limit = limit }, Cancellation);

    protected async Task<StoreEntry?> Get(string name, long at = 0) =>
        (await Range(KeyRange.Single(Key(name)), at)).Entries is [var entry] ? entry : null;

    protected async Task<long> Revision() => (await Store.StatusAsync(Cancellation)).Revision;

    protected static async Task<StoreException> Refused(StoreError error, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(act);
        Assert.Equal(error, refused.Error);
        Assert.NotEqual(string.Empty, refused.Message);
        return refused;
    }

    /// <summary>Names with values, in order.</summary>
    protected string[] Pairs(RangeResult result) => [.. result.Entries.Select(e => $"{Name(e.Key)}={Text(e.Value)}")];

    /// <summary>An event as text: <c>+name=value@revision</c> or <c>-name@revision</c>, the revision relative to a first one.</summary>
    protected string Say(WatchEvent e, long from) => e.Kind == WatchEventKind.Put
        ? $"+{Name(e.Entry.Key)}={Text(e.Entry.Value)}@{e.Entry.ModRevision - from}"
        : $"-{Name(e.Entry.Key)}@{e.Entry.ModRevision - from}";

    /// <summary>Reads a watch until it has told a revision.</summary>
    protected async Task<List<WatchBatch>> WatchUntil(WatchQuery query, long revision)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Testing.Eventually.Deadline);
        var batches = new List<WatchBatch>();
        await foreach (var batch in Store.WatchAsync(query, deadline.Token))
        {
            batches.Add(batch);
            if (batch.Revision >= revision && batches.Any(b => b.Events.Count > 0))
            {
                break;
            }
        }

        return batches;
    }
}
