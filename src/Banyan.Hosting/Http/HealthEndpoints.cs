using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Hosting.Http;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it should get work, and if not, which module says why.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, ModuleHost host)
    {
        routes.MapMethods("/healthz", ["GET", "HEAD"], context =>
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync("ok\n");
        }).WithMetadata(new AllowAnonymousAttribute());
        routes.MapMethods("/readyz", ["GET", "HEAD"], context => AnswerReadyAsync(context, host)).WithMetadata(new AllowAnonymousAttribute());
    }

    private static async Task AnswerReadyAsync(HttpContext context, ModuleHost host)
    {
        var reason = host.NotReadyBecause;
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("ready", reason is null);
        json.WriteString("notReadyBecause", reason);
        json.WriteStartArray("modules");
        foreach (var module in host.Snapshot())
        {
            json.WriteStartObject();
            json.WriteString("name", module.Name);
            json.WriteString("state", module.State.ToString());
            json.WriteString("since", module.Since.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("notReadyBecause", module.NotReadyBecause);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
