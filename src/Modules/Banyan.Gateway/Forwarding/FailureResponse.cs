using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Forwarding;

/// <summary>
/// The one place where failures become answers. A started answer is broken off, never ended as if it were whole. HTTP callers get problem details, gRPC callers
/// a trailers-only answer; both get <c>Proxy-Status</c> (RFC 9209).
/// </summary>
internal static class FailureResponse
{
    public static async Task WriteAsync(HttpContext context, Failure failure, string traceId)
    {
        var response = context.Response;
        if (response.HasStarted || failure.Reason is FailureReason.ClientGone)
        {
            context.Abort();
            return;
        }

        var form = FailureCatalog.Of(failure.Reason);
        response.Clear();
        response.Headers["Proxy-Status"] = $"banyan; error={form.ProxyError}; details=\"gateway/{form.Code}\"";
        response.Headers.CacheControl = "no-store";
        if (form.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        if (failure.Limit is { } limit)
        {
            response.Headers.RetryAfter = failure.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["RateLimit-Policy"] = limit.PolicyField;
            response.Headers["RateLimit"] = limit.RefusedField(failure.RetryAfterSeconds);
        }

        if (form.Status == StatusCodes.Status405MethodNotAllowed)
        {
            response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        }

        // What is left of a body that was not read to its end must not be taken for a next request.
        if (failure.Reason is FailureReason.ClientBodyInvalid or FailureReason.ClientBodyTimedOut or FailureReason.ClientFramingRefused
            && context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal))
        {
            response.Headers.Connection = "close";
        }

        if (context.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = form.GrpcStatus.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = FailureText.Grpc($"gateway/{form.Code}: {failure.Detail ?? form.Title}");
            await response.StartAsync(CancellationToken.None);
            return;
        }

        var body = FailureText.Problem(form, failure, traceId);
        response.StatusCode = form.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, CancellationToken.None);
        }
    }
}
