using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Banyan.Contracts;
using Microsoft.AspNetCore.Http;

namespace Banyan.Http.Problems;

/// <summary>Writes errors: problem details (RFC 9457) over HTTP, trailers-only answers over gRPC.</summary>
public static class ProblemResponse
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The HTTP status of an error.</summary>
    public static int StatusOf(ErrorCode error) =>
        error == HttpErrors.UnsupportedMediaType ? StatusCodes.Status415UnsupportedMediaType
        : error == HttpErrors.MethodNotAllowed ? StatusCodes.Status405MethodNotAllowed
        : error == HttpErrors.StoreFull ? StatusCodes.Status507InsufficientStorage
        : error.Kind switch
        {
            ErrorKind.Invalid => 400,
            ErrorKind.Unauthenticated => 401,
            ErrorKind.Forbidden => 403,
            ErrorKind.NotFound => 404,
            ErrorKind.AlreadyExists or ErrorKind.Conflict => 409,
            ErrorKind.Gone => 410,
            ErrorKind.Stale => 412,
            ErrorKind.TooLarge => 413,
            ErrorKind.Unprocessable => 422,
            ErrorKind.Throttled => 429,
            ErrorKind.Unavailable => 503,
            ErrorKind.Timeout => 504,
            _ => 500,
        };

    /// <summary>The gRPC status of an error.</summary>
    public static int GrpcStatusOf(ErrorCode error) => error.Kind switch
    {
        ErrorKind.Invalid or ErrorKind.Unprocessable => 3,
        ErrorKind.Timeout => 4,
        ErrorKind.NotFound => 5,
        ErrorKind.AlreadyExists => 6,
        ErrorKind.Forbidden => 7,
        ErrorKind.Throttled or ErrorKind.TooLarge => 8,
        ErrorKind.Stale => 9,
        ErrorKind.Conflict => 10,
        ErrorKind.Gone => 11,
        ErrorKind.Unavailable => 14,
        ErrorKind.Unauthenticated => 16,
        _ => 13,
    };

    /// <summary>True when the request is a gRPC call and wants its errors in trailers.</summary>
    public static bool IsGrpc(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The id that log and answer share.</summary>
    public static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Answers with an error. The answer must not have begun.</summary>
    public static Task WriteAsync(HttpContext context, ErrorCode error, string detail, IReadOnlyList<Fault>? faults = null)
    {
        if (IsGrpc(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = GrpcStatusOf(error).ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(detail);
            return Task.CompletedTask;
        }

        var body = ToUtf8(error, detail, faults ?? [], TraceIdOf(context));
        context.Response.StatusCode = StatusOf(error);
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (error.Kind == ErrorKind.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"banyan\"";
        }
        else if (error.Kind is ErrorKind.Unavailable or ErrorKind.Throttled)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>A problem document.</summary>
    public static byte[] ToUtf8(ErrorCode error, string detail, IReadOnlyList<Fault> faults, string traceId)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type", $"/docs/errors/{error.Code}");
            json.WriteString("title", error.Title);
            json.WriteNumber("status", StatusOf(error));
            json.WriteString("detail", detail);
            json.WriteString("code", error.Code);
            if (faults.Count > 0)
            {
                json.WriteStartArray("errors");
                foreach (var fault in faults)
                {
                    json.WriteStartObject();
                    json.WriteString("pointer", fault.Pointer);
                    json.WriteString("message", fault.Message);
                    json.WriteString("code", fault.Code);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteString("traceId", traceId);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
