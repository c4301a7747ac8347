using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Banyan.Hosting.Http;

/// <summary>Lets requests into a module's endpoints while the module runs, and counts those inside.</summary>
internal static class ModuleGate
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ModuleRuntime>() is not { } module)
        {
            await next(context);
            return;
        }

        if (!module.TryEnterRequest())
        {
            await RefuseAsync(context, module);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            module.LeaveRequest();
        }
    }

    private static async Task RefuseAsync(HttpContext context, ModuleRuntime module)
    {
        var detail = $"module {module.Name} is {module.State}";
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            // Trailers-only answer: status 14 is UNAVAILABLE.
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "14";
            context.Response.Headers["grpc-message"] = detail;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/problem+json";
        context.Response.Headers.RetryAfter = "1";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", HostErrors.ModuleNotRunning.Title);
        json.WriteNumber("status", StatusCodes.Status503ServiceUnavailable);
        json.WriteString("detail", detail);
        json.WriteString("code", HostErrors.ModuleNotRunning.Code);
        json.WriteString("traceId", System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
        json.WriteEndObject();
    }
}
