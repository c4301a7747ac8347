using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Console.Sessions;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.Endpoints;

/// <summary>Sign in by token or by a link that is good once; sign out.</summary>
internal sealed class SignInEndpoints(
    PageRenderer pages, SessionStore sessions, SignInLinks links, AttemptLimiter limiter, ICredentials credentials, ILogger<SignInEndpoints> log)
{
    private const int LargestForm = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/signin", ShowAsync).AllowAnonymous();
        routes.MapPost("/signin", SignInAsync).AllowAnonymous();
        routes.MapPost("/signout", SignOutAsync).AllowAnonymous();
        routes.MapPost("/api/v1/console/links", LinkAsync).RequireRole(ActorRole.Administrator)
            .WithName("console.link").WithSummary("Makes a link that signs a browser in to the console, once.");
    }

    private async Task ShowAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        if (context.Request.Query["code"] is not [{ Length: > 0 } code])
        {
            await FormAsync(context, StatusCodes.Status200OK, string.Empty);
            return;
        }

        if (await IsLimitedAsync(context))
        {
            return;
        }

        if (links.Use(code) is not { } actor || !await StartAsync(context, actor))
        {
            await RefuseAsync(context, "the link's code is unknown, used or too old", "This link has been used or is too old. Ask for another, or paste a token.");
        }
    }

    private async Task SignInAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        if (!Answers.IsSameOrigin(context.Request))
        {
            await FormAsync(context, StatusCodes.Status403Forbidden, "The request did not come from this page. Try again here.");
            return;
        }

        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > LargestForm)
        {
            await FormAsync(context, StatusCodes.Status400BadRequest, "The form could not be read. Paste only the token.");
            return;
        }

        if (await IsLimitedAsync(context))
        {
            return;
        }

        var token = (await context.Request.ReadFormAsync(context.RequestAborted))["token"].ToString().Trim();
        var actor = token.Length == 0 ? null : await credentials.VerifyAsync(token, Answers.AddressOf(context), context.RequestAborted);
        if (actor is { Role: ActorRole.Service })
        {
            await RefuseAsync(context, $"'{actor.Name}' is a service's credential", "This token belongs to a service. Sign in with an administrator's or a reader's token.");
        }
        else if (actor is null || !await StartAsync(context, actor))
        {
            await RefuseAsync(context, "the token is unknown", "This token is not known. It may have been rotated; the file in the data directory has the current one.");
        }
    }

    private Task SignOutAsync(HttpContext context)
    {
        Answers.Protect(context.Response);
        if (!Answers.IsSameOrigin(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        sessions.End(context.Request.Cookies[Answers.SessionCookie]);
        context.Response.Cookies.Delete(Answers.SessionCookie, Answers.CookieFor(context.Request));
        Answers.SeeOther(context, "/signin");
        return Task.CompletedTask;
    }

    private async Task LinkAsync(HttpContext context)
    {
        var (code, until) = links.Create(context.GetActor());
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        var answer = new JsonObject
        {
            ["url"] = $"{context.Request.Scheme}://{context.Request.Host}/signin?code={code}",
            ["expiresAt"] = JsonValue.Create(until),
        };
        await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString(JsonSerializerOptions.Web)), context.RequestAborted);
    }

    private async Task<bool> StartAsync(HttpContext context, Actor actor)
    {
        if (await sessions.StartAsync(actor, context.RequestAborted) is not { } id)
        {
            return false;
        }

        // A browser has one session at a time: what it had before ends here, whoever put that id there.
        sessions.End(context.Request.Cookies[Answers.SessionCookie]);
        context.Response.Cookies.Append(Answers.SessionCookie, id, Answers.CookieFor(context.Request));
        log.SignedIn(actor.Name, Answers.AddressOf(context));
        Answers.SeeOther(context, "/");
        return true;
    }

    private async Task<bool> IsLimitedAsync(HttpContext context)
    {
        var wait = limiter.WaitOf(Answers.AddressOf(context));
        if (wait <= TimeSpan.Zero)
        {
            return false;
        }

        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await FormAsync(context, StatusCodes.Status429TooManyRequests, $"Too many failed attempts. Try again in {seconds} s.");
        return true;
    }

    private async Task RefuseAsync(HttpContext context, string reason, string text)
    {
        limiter.Failed(Answers.AddressOf(context));
        log.SignInRefused(Answers.AddressOf(context), reason);
        await FormAsync(context, StatusCodes.Status403Forbidden, text);
    }

    private async Task FormAsync(HttpContext context, int status, string fault) =>
        await Answers.HtmlAsync(context, status, await pages.SignInAsync(fault, Answers.Theme(context.Request)));
}
