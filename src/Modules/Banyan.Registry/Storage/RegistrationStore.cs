using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Instances;
using Banyan.Store;
using Google.Protobuf;

namespace Banyan.Registry.Storage;

/// <summary>Registrations in the store: one key each under <c>/registry/instances/</c>.</summary>
internal sealed class RegistrationStore(IStore store)
{
    public const string Prefix = "/registry/instances/";

    private const int PageSize = 2000;

    private static readonly KeyRange Range = KeyRange.Prefix(Prefix);

    public static StoreKey KeyOf(InstanceName name) => $"{Prefix}{name.Domain}/{name.Service}/{name.Id}";

    /// <summary>Every registration as of one revision, page by page.</summary>
    public async Task<long> ListAsync(Action<StoredRegistration, long> each, CancellationToken cancellation)
    {
        long revision = 0;
        var range = Range;
        while (true)
        {
            var page = await store.RangeAsync(new RangeQuery(range) { AtRevision = revision, Limit = PageSize }, cancellation);
            revision = revision == 0 ? page.Revision : revision;
            foreach (var entry in page.Entries)
            {
                each(StoredRegistration.Parser.ParseFrom(entry.Value.Span), entry.ModRevision);
            }

            if (!page.More)
            {
                return revision;
            }

            range = new KeyRange(KeyRange.Single(page.Entries[^1].Key).End, Range.End);
        }
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(long afterRevision, CancellationToken cancellation) =>
        store.WatchAsync(new WatchQuery(Range) { AfterRevision = afterRevision }, cancellation);

    /// <summary>Writes a registration, whatever was there. Returns its revision.</summary>
    public async ValueTask<long> PutAsync(InstanceName name, StoredRegistration registration, CancellationToken cancellation) =>
        (await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Put(KeyOf(name), registration.ToByteArray())), cancellation)).Revision;

    /// <summary>Writes registrations that are still what they were, all or none. Null when one of them was changed meanwhile.</summary>
    /// <param name="changes">What is written, and the revision it had.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="record">Written in the same transaction: who asked for it.</param>
    public async ValueTask<long?> ReplaceAsync(
        IReadOnlyList<(InstanceName Name, StoredRegistration Next, long Revision)> changes, CancellationToken cancellation, StoreOperation? record = null)
    {
        var transaction = StoreTransaction
            .Of([.. changes.Select(c => new StoreOperation.Put(KeyOf(c.Name), c.Next.ToByteArray())), .. With(record)])
            .When([.. changes.Select(c => StoreCompare.Unchanged(KeyOf(c.Name), c.Revision))]);
        var result = await store.CommitAsync(transaction, cancellation);
        return result.Succeeded ? result.Revision : null;
    }

    /// <summary>Removes a registration, whatever it is; removing nothing succeeds.</summary>
    public async ValueTask<long> DeleteAsync(InstanceName name, CancellationToken cancellation, StoreOperation? record = null) =>
        (await store.CommitAsync(StoreTransaction.Of([new StoreOperation.Delete(KeyRange.Single(KeyOf(name))), .. With(record)]), cancellation)).Revision;

    /// <summary>The store's revision now.</summary>
    public async ValueTask<long> RevisionAsync(CancellationToken cancellation) =>
        (await store.RangeAsync(new RangeQuery(Range) { CountOnly = true }, cancellation)).Revision;

    /// <summary>Removes a registration that is still what it was. Null when it was changed meanwhile.</summary>
    public async ValueTask<long?> DeleteAsync(InstanceName name, long revision, CancellationToken cancellation)
    {
        var transaction = StoreTransaction
            .Of(new StoreOperation.Delete(KeyRange.Single(KeyOf(name))))
            .When(StoreCompare.Unchanged(KeyOf(name), revision));
        var result = await store.CommitAsync(transaction, cancellation);
        return result.Succeeded ? result.Revision : null;
    }

    private static StoreOperation[] With(StoreOperation? record) => record is null ? [] : [record];

    /// <summary>The name a key stands for; null for a key that is none of ours.</summary>
    public static InstanceName? NameOf(StoreKey key)
    {
        var text = key.ToString();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var parts = text[Prefix.Length..].Split('/');
        return parts.Length == 3 ? new InstanceName(parts[0], parts[1], parts[2]) : null;
    }
}
