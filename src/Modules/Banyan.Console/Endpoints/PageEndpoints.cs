using Banyan.Console.Assets;
using Banyan.Console.Pages;
using Banyan.Console.Sessions;
using Banyan.Console.State;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.Endpoints;

/// <summary>The pages, what they are made of, and the one thing they can do.</summary>
internal sealed class PageEndpoints(
    PageRenderer pages, SessionStore sessions, AssetCatalog assets, IInstanceRegistrar registrar, LiveState state, TimeProvider clock, ILogger<PageEndpoints> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly string[] Places = ["/", "/services", "/services/{domain}/{name}", "/routes", "/clusters", "/certificates", "/changes", "/modules"];
    private static readonly string[] Read = ["GET", "HEAD"];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var place in Places)
        {
            routes.MapMethods(place, Read, PageAsync).AllowAnonymous();
        }

        routes.MapMethods("/assets/{version}/{file}", Read, AssetAsync).AllowAnonymous();
        routes.MapPost("/services/{domain}/{name}/instances/{id}/drain", DrainAsync).AllowAnonymous();
    }

    private async Task PageAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        if (await sessions.FindAsync(context.Request.Cookies[Answers.SessionCookie], use: true, context.RequestAborted) is not { } session)
        {
            Answers.SeeOther(context, "/signin");
            return;
        }

        var viewer = Answers.ViewerOf(context.Request, session);
        var address = ConsolePage.At(context.Request.Path.Value ?? "/")!;
        var board = pages.Board();
        if (address.Exists(board))
        {
            await Answers.HtmlAsync(context, StatusCodes.Status200OK, await pages.PageAsync(address, board, viewer));
            return;
        }

        var text = $"No service '{address.Name}' in the domain '{address.Domain}' is described or has instances. It may have been deleted.";
        await Answers.HtmlAsync(context, StatusCodes.Status404NotFound, await pages.MissingAsync("There is no such service", text, viewer));
    }

    private async Task AssetAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        if (assets.Find((string)context.GetRouteValue("version")!, (string)context.GetRouteValue("file")!) is not { } asset)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Bytes.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
        }
    }

    private async Task DrainAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        var ct = context.RequestAborted;
        if (await sessions.FindAsync(context.Request.Cookies[Answers.SessionCookie], use: true, ct) is not { } session)
        {
            Answers.SeeOther(context, "/signin");
            return;
        }

        var viewer = Answers.ViewerOf(context.Request, session);
        if (!Answers.IsSameOrigin(context.Request))
        {
            await Answers.HtmlAsync(context, StatusCodes.Status403Forbidden, await pages.MissingAsync("Refused", "The request did not come from a page of this console.", viewer));
            return;
        }

        if (session.Role != ActorRole.Administrator)
        {
            await Answers.HtmlAsync(context, StatusCodes.Status403Forbidden, await pages.MissingAsync("Refused", "A reader may look, not act. Sign in with an administrator's token.", viewer));
            return;
        }

        var (domain, service, id) = ((string)context.GetRouteValue("domain")!, (string)context.GetRouteValue("name")!, (string)context.GetRouteValue("id")!);
        try
        {
            var request = new DrainRequest
            {
                Key = new InstanceKey { Domain = domain, Service = service, Id = id },
                Reason = $"drained by {session.Credential} in the console",
                Requester = new Requester { Name = session.Credential, Address = Answers.AddressOf(context) },
            };
            await registrar.DrainAsync(request, ct);
            log.Drains(session.Credential, domain, service, id);
            await SeenAsync((domain, service, id), ct);
            Answers.SeeOther(context, $"/services/{Uri.EscapeDataString(domain)}/{Uri.EscapeDataString(service)}");
        }
        catch (BanyanException e) when (e.Error.Kind is ErrorKind.NotFound or ErrorKind.Unavailable)
        {
            var status = e.Error.Kind == ErrorKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable;
            await Answers.HtmlAsync(context, status, await pages.MissingAsync("Not drained", e.Message, viewer));
        }
    }

    // The page that follows must show what was just done; the news of it comes by its own way, usually within milliseconds.
    private async Task SeenAsync((string Domain, string Service, string Id) instance, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var changed = state.Changed;
            var left = LongestWait - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || state.Now.Instances.GetValueOrDefault(instance) is not { } now || now.State == InstanceState.Draining)
            {
                return;
            }

            await Task.WhenAny(changed, Task.Delay(left, clock, ct));
            ct.ThrowIfCancellationRequested();
        }
    }
}
