using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Storage;
using Banyan.Resources.Writing;
using Banyan.Store;

namespace Banyan.Resources;

/// <summary>Reads, lists and watches documents without taking them apart.</summary>
internal sealed class ResourceReader(IStore store)
{
    private const int ChunkOfSelector = 500;

    public async Task<ResourceDocument?> GetAsync(ResourceKind kind, ResourceName name, CancellationToken ct)
    {
        ResourceNames.Check(kind, name);
        var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Object(kind, name))), ct);
        return found.Entries.Count == 0 ? null : new ResourceDocument(kind, name, found.Entries[0].ModRevision, found.Entries[0].Value);
    }

    public async Task<Resource<TSpec, TStatus>?> RevealAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceName name, CancellationToken ct)
        where TSpec : class
        where TStatus : class
    {
        ResourceNames.Check(kind, name);
        var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Object(kind, name))), ct);
        if (found.Entries is not [var entry])
        {
            return null;
        }

        // Of the same revision: a mark must not meet the value of another one.
        var secrets = await store.RangeAsync(new RangeQuery(KeyRange.Single(ResourceKeys.Secrets(kind, name))) { AtRevision = found.Revision }, ct);
        if (secrets.Entries is not [var stored])
        {
            return DocumentCodec.Read(kind, entry.Value.Span, entry.ModRevision);
        }

        var document = WriteOnlyValues.Read(stored.Value.Span).Reveal(JsonNode.Parse(entry.Value.Span)!.AsObject());
        return DocumentCodec.Read(kind, Encoding.UTF8.GetBytes(document.ToJsonString()), entry.ModRevision);
    }

    public async Task<DocumentList> ListAsync(ResourceKind kind, ResourceFilter filter, CancellationToken ct)
    {
        var range = RangeOf(kind, filter);
        var at = 0L;
        if (filter.Continue is not null)
        {
            var token = ContinueToken.Parse(filter.Continue, range);
            at = token.Revision;
            range = range with { Start = KeyRange.Single(token.LastKey).End };
        }

        // With a selector the page is filled in chunks: how many keys it takes is not known beforehand.
        var items = new List<ResourceDocument>();
        while (true)
        {
            var chunk = filter.Limit == 0 ? 0 : filter.LabelSelector is null ? filter.Limit - items.Count : Math.Max(filter.Limit, ChunkOfSelector);
            var found = await RangeAsync(new RangeQuery(range) { AtRevision = at, Limit = chunk }, ct);
            at = at == 0 ? found.Revision : at;
            for (var i = 0; i < found.Entries.Count; i++)
            {
                var entry = found.Entries[i];
                if (filter.LabelSelector is null || filter.LabelSelector.Matches(DocumentCodec.ReadLabels(entry.Value.Span)))
                {
                    items.Add(new ResourceDocument(kind, ResourceKeys.NameOf(kind, entry.Key), entry.ModRevision, entry.Value));
                }

                if (items.Count == filter.Limit && filter.Limit > 0)
                {
                    var more = found.More || i < found.Entries.Count - 1;
                    return new DocumentList(items, at, more ? new ContinueToken(at, entry.Key).ToString() : null);
                }
            }

            if (!found.More)
            {
                return new DocumentList(items, at, null);
            }

            range = range with { Start = KeyRange.Single(found.Entries[^1].Key).End };
        }
    }

    public async IAsyncEnumerable<ResourceChanges> WatchAsync(
        ResourceKind kind, ResourceFilter filter, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var selector = filter.LabelSelector;
        var query = new WatchQuery(RangeOf(kind, filter)) { AfterRevision = after, IncludePrevious = selector is not null };
        await using var batches = store.WatchAsync(query, ct).GetAsyncEnumerator(ct);
        while (await NextAsync(batches))
        {
            var changes = new List<ResourceChange>(batches.Current.Events.Count);
            foreach (var change in batches.Current.Events)
            {
                var name = ResourceKeys.NameOf(kind, change.Entry.Key);
                var revision = change.Entry.ModRevision;
                if (change.Kind == WatchEventKind.Put && (selector is null || selector.Matches(DocumentCodec.ReadLabels(change.Entry.Value.Span))))
                {
                    changes.Add(new ResourceChange(false, name, revision, new ResourceDocument(kind, name, revision, change.Entry.Value)));
                }
                else if (selector is null || (change.Previous is { } previous && selector.Matches(DocumentCodec.ReadLabels(previous.Value.Span))))
                {
                    // Deleted, or moved out of the selection: to this watcher the same.
                    changes.Add(new ResourceChange(true, name, revision, null));
                }
            }

            yield return new ResourceChanges(batches.Current.Revision, changes);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<WatchBatch> batches)
    {
        try
        {
            return await batches.MoveNextAsync();
        }
        catch (StoreException e) when (e.Error == StoreError.Compacted)
        {
            throw Gone(e);
        }
    }

    private static BanyanException Gone(StoreException e) => new(
        ResourceErrors.Gone,
        $"The revision asked for is no longer kept (the oldest is {e.CompactedRevision}). List again from the first page, and watch after the revision of that list.",
        e);

    private static KeyRange RangeOf(ResourceKind kind, ResourceFilter filter)
    {
        if (filter.Domain is not null && ResourceNames.Problem(filter.Domain, "Domain name") is { } problem)
        {
            throw new BanyanException(ResourceErrors.BadName, problem) { Faults = [new Fault("/metadata/domain", problem, "bad-name")] };
        }

        return KeyRange.Prefix(ResourceKeys.Prefix(kind, filter.Domain));
    }

    private async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken ct)
    {
        try
        {
            return await store.RangeAsync(query, ct);
        }
        catch (StoreException e) when (e.Error is StoreError.Compacted)
        {
            throw Gone(e);
        }
        catch (StoreException e) when (e.Error is StoreError.FutureRevision)
        {
            throw new BanyanException(ResourceErrors.BadContinue, "The continue token is of a revision this store never had. Ask for the first page again.", e);
        }
    }
}
