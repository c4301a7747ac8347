using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Banyan.Contracts;
using Banyan.Http;
using Banyan.Http.Streams;
using Banyan.Resources;
using Banyan.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.Endpoints;

/// <summary>All objects of a kind: list by pages, or watch.</summary>
internal sealed class CollectionEndpoints(IResources resources, IStore store, ApiOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/{plural}", AnswerAsync).RequireRole(ActorRole.Administrator, ActorRole.Reader, ActorRole.Service);
        routes.MapGet("/api/v1/domains/{domain}/{plural}", AnswerAsync).RequireRole(ActorRole.Administrator, ActorRole.Reader, ActorRole.Service);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var query = ApiQuery.Read(context.Request, "limit", "continue", "labelSelector", "watch", "after");
        var address = ResourceAddress.Read(context, resources, ResourceVerb.Read);
        var filter = new ResourceFilter { Domain = address.Domain, LabelSelector = query.Selector(), Continue = query.Text("continue") };
        return query.Flag("watch") ? WatchAsync(context, address.Kind, filter) : ListAsync(context, address.Kind, filter with { Limit = query.Limit(options.PageSize) });
    }

    private async Task ListAsync(HttpContext context, ResourceKind kind, ResourceFilter filter) =>
        await ApiAnswers.WriteListAsync(context, await resources.ListAsync(kind.Plural, filter, context.RequestAborted));

    private async Task WatchAsync(HttpContext context, ResourceKind kind, ResourceFilter filter)
    {
        var after = ServerSentEvents.ReadAfter(context.Request);
        if (after > 0)
        {
            // Asked here so that the answer can still be a status; what is compacted later ends the stream with an error event.
            var status = await store.StatusAsync(context.RequestAborted);
            if (after < status.CompactedRevision || after > status.Revision)
            {
                throw new BanyanException(
                    ResourceErrors.Gone,
                    $"Revision {after} is not kept (kept are {status.CompactedRevision} to {status.Revision}). List again from the first page, and watch after the revision of that list.");
            }
        }

        await ServerSentEvents.WriteAsync(context.Response, EventsAsync(kind, filter, after, context.RequestAborted), context.RequestAborted);
    }

    private async IAsyncEnumerable<SseEvent> EventsAsync(ResourceKind kind, ResourceFilter filter, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var batch in resources.WatchAsync(kind.Plural, filter, after, ct))
        {
            for (var i = 0; i < batch.Changes.Count; i++)
            {
                var change = batch.Changes[i];

                // Only the last change of a revision carries the id: a client that comes back with an id must not miss the rest of it.
                var last = i == batch.Changes.Count - 1 || batch.Changes[i + 1].Revision != change.Revision;
                var data = change.Document?.ToUtf8() ?? Deleted(kind, change);
                yield return new SseEvent(change.Deleted ? "delete" : "put", last ? Id(change.Revision) : null, data);
            }

            if (batch.Changes.Count == 0)
            {
                yield return new SseEvent("progress", Id(batch.Revision), "{}"u8.ToArray());
            }
        }
    }

    private static string Id(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    // Names need no escaping: they are labels.
    private static byte[] Deleted(ResourceKind kind, ResourceChange change)
    {
        var domain = change.Name.Domain is null ? string.Empty : $"\"domain\":\"{change.Name.Domain}\",";
        return Encoding.UTF8.GetBytes(
            $"{{\"apiVersion\":\"banyan/v1\",\"kind\":\"{kind.Name}\",\"metadata\":{{\"revision\":{Id(change.Revision)},{domain}\"name\":\"{change.Name.Name}\"}}}}");
    }
}
