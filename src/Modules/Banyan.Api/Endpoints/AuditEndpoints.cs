using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Banyan.Http;
using Banyan.Http.Streams;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.Endpoints;

/// <summary>Who changed what: newest first, or as it happens.</summary>
internal sealed class AuditEndpoints(AuditLog audit)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/audit", AnswerAsync).RequireRole(ActorRole.Administrator, ActorRole.Reader);

    private async Task AnswerAsync(HttpContext context)
    {
        var query = ApiQuery.Read(context.Request, "limit", "continue", "kind", "domain", "name", "actor", "watch", "after");
        var filter = new AuditFilter
        {
            Limit = query.Limit(100),
            Continue = query.Text("continue"),
            Kind = query.Text("kind"),
            Domain = query.Text("domain"),
            Name = query.Text("name"),
            Actor = query.Text("actor"),
        };
        if (query.Flag("watch"))
        {
            var after = ServerSentEvents.ReadAfter(context.Request);
            await ServerSentEvents.WriteAsync(context.Response, EventsAsync(filter, after, context.RequestAborted), context.RequestAborted);
            return;
        }

        var page = await audit.ListAsync(filter, context.RequestAborted);
        await ApiAnswers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("revision", page.Revision);
            if (page.Continue is not null)
            {
                json.WriteString("continue", page.Continue);
            }

            json.WriteStartArray("items");
            foreach (var record in page.Items)
            {
                record.Document.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async IAsyncEnumerable<SseEvent> EventsAsync(AuditFilter filter, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var record in audit.WatchAsync(filter, after, ct))
        {
            yield return new SseEvent("record", record.Revision.ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetBytes(record.Document.ToJsonString()));
        }
    }
}
