using Banyan.Resources.Storage;
using Banyan.Store;

namespace Banyan.Resources.Writing;

/// <summary>An object as a writer found it, with what must still hold when it commits.</summary>
internal sealed record LoadedObject(ResourceDocument? Document, StoredState? State, FieldOwners Owners, WriteOnlyValues Secrets, long ModRevision, long OwnersRevision, long ReadRevision)
{
    public static async Task<LoadedObject> LoadAsync(IStore store, ResourceKind kind, ResourceName name, CancellationToken ct)
    {
        // The reads need no common revision: the commit compares object and owners, and secrets change only together with their object.
        var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Object(kind, name))), ct);
        var owners = await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Owners(kind, name))), ct);
        var secrets = kind.WriteOnlyFields.Count == 0 ? null : await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Secrets(kind, name))), ct);
        var entry = found.Entries.Count == 1 ? found.Entries[0] : default;
        var fields = owners.Entries.Count == 1 ? owners.Entries[0] : default;
        return new LoadedObject(
            entry.ModRevision == 0 ? null : new ResourceDocument(kind, name, entry.ModRevision, entry.Value),
            entry.ModRevision == 0 ? null : DocumentCodec.ReadState(entry.Value.Span, entry.ModRevision),
            fields.ModRevision == 0 ? FieldOwners.None : FieldOwners.Read(fields.Value.Span),
            secrets is not { Entries: [var stored] } ? WriteOnlyValues.None : WriteOnlyValues.Read(stored.Value.Span),
            entry.ModRevision,
            fields.ModRevision,
            found.Revision);
    }

    public StoreCompare[] Compares(ResourceKind kind, ResourceName name) =>
    [
        StoreCompare.Unchanged(ResourceKeys.Object(kind, name), ModRevision),
        StoreCompare.Unchanged(ResourceKeys.Owners(kind, name), OwnersRevision),
    ];
}
