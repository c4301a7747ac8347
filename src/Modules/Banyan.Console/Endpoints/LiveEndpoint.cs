using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Banyan.Console.Pages;
using Banyan.Console.Sessions;
using Banyan.Console.State;
using Banyan.Http.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Console.Endpoints;

/// <summary>
/// Keeps an open page true: first every region of it, then those that look different after a change. Changes closer together than the update interval are
/// merged; a slow browser gets the newest look, never a queue of old ones.
/// </summary>
internal sealed partial class LiveEndpoint(PageRenderer pages, LiveState state, SessionStore sessions, ConsoleOptions options, TimeProvider clock)
{
    // Module states have no change signal, so an open page looks at least this often.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/live", StreamAsync).AllowAnonymous();

    private async Task StreamAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        var id = context.Request.Cookies[Answers.SessionCookie];
        if (await sessions.FindAsync(id, use: true, context.RequestAborted) is not { } session)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (ConsolePage.At(context.Request.Query["page"].ToString()) is not { } address)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await ServerSentEvents.WriteAsync(context.Response, EventsAsync(context, id, session, address, context.RequestAborted), context.RequestAborted);
    }

    private async IAsyncEnumerable<SseEvent> EventsAsync(
        HttpContext context, string? id, Session session, PageAddress address, [EnumeratorCancellation] CancellationToken ct)
    {
        var viewer = Answers.ViewerOf(context.Request, session);
        var sent = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            // Watching is not using: a page left open does not keep its session alive for ever.
            if (await sessions.FindAsync(id, use: false, ct) is null)
            {
                yield return new SseEvent("signedout", null, "{}"u8.ToArray());
                yield break;
            }

            var changed = state.Changed;
            var board = pages.Board();
            var regions = new JsonObject();
            foreach (var region in address.Page.Regions)
            {
                var html = await pages.RegionAsync(region, address, board, viewer);
                var look = TimeText().Replace(html, "></time>");
                if (sent.GetValueOrDefault(region.Id) != look)
                {
                    sent[region.Id] = look;
                    regions[region.Id] = html;
                }
            }

            if (regions.Count > 0)
            {
                yield return new SseEvent("regions", null, System.Text.Encoding.UTF8.GetBytes(regions.ToJsonString()));
            }

            await Task.Delay(options.UpdateInterval, clock, ct);
            await WaitAsync(changed, ct);
        }
    }

    private async Task WaitAsync(Task changed, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(changed, Task.Delay(Look, clock, timer.Token));
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    // "3 s ago" changes by itself, and the page counts it on by itself: no reason to send a region.
    [GeneratedRegex(">[^<]*</time>")]
    private static partial Regex TimeText();
}
