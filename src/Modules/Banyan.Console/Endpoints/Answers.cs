using System.Text;
using Banyan.Console.Sessions;
using Banyan.Console.Views;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Console.Endpoints;

/// <summary>What all answers of the console have in common: headers, cookies, HTML.</summary>
internal static class Answers
{
    public const string SessionCookie = "banyan_session";

    private const string ThemeCookie = "banyan_theme";

    // Everything comes from this server and nothing is inline, so an injected script or style has nowhere to run from.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Protect(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";

        // Not no-referrer: browsers then send 'Origin: null' with forms, and the check of the origin could not tell ours from others.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    public static async Task HtmlAsync(HttpContext context, int status, string html)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(html);
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    /// <summary>Goes on with a GET, also after a POST.</summary>
    public static void SeeOther(HttpContext context, string place)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = place;
    }

    /// <summary>Whether a POST comes from a page of this console: its origin has the host the request was sent to.</summary>
    public static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin is [{ } origin]
        && Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && from.Scheme is "http" or "https"
        && string.Equals(from.Authority, AuthorityOf(request), StringComparison.OrdinalIgnoreCase);

    public static string Theme(HttpRequest request) => request.Cookies[ThemeCookie] is "light" or "dark" ? request.Cookies[ThemeCookie]! : string.Empty;

    public static Viewer ViewerOf(HttpRequest request, Session session) => new(
        session.Credential, session.Role == ActorRole.Administrator ? "administrator" : "reader", session.Role == ActorRole.Administrator, Theme(request));

    public static CookieOptions CookieFor(HttpRequest request) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = request.IsHttps };

    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? string.Empty;

    private static string AuthorityOf(HttpRequest request)
    {
        var host = request.Host.Value ?? string.Empty;
        return Uri.TryCreate($"{request.Scheme}://{host}", UriKind.Absolute, out var own) ? own.Authority : host;
    }
}
