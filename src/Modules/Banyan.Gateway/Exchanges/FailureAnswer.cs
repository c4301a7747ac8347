using System.Text;
using Banyan.Gateway.Failures;
using Banyan.Wire.Http1;
using Microsoft.AspNetCore.WebUtilities;

namespace Banyan.Gateway.Exchanges;

/// <summary>
/// The one place where failures become answers. HTTP callers get problem details, gRPC callers a trailers-only answer; both get <c>Proxy-Status</c> (RFC 9209).
/// </summary>
internal static class FailureAnswer
{
    /// <summary>The methods that are served at all, as a whole line.</summary>
    public static ReadOnlySpan<byte> Allow => "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"u8;

    /// <summary>Writes the whole answer to the client; returns its status.</summary>
    public static int Write(ExchangeTransport to, Failure failure, string traceId, bool grpc, bool headOnly, bool http10, bool closing, DateField date)
    {
        var form = FailureCatalog.Of(failure.Reason);
        var status = grpc ? 200 : form.Status;
        var body = grpc ? default : FailureText.Problem(form, failure, traceId);
        Span<byte> head = stackalloc byte[4096];
        var writer = new HeadWriter(head);
        writer.StatusLine(status, Encoding.ASCII.GetBytes(ReasonPhrases.GetReasonPhrase(status)));
        writer.Lines(date.Line);
        writer.Field("Proxy-Status"u8, Encoding.ASCII.GetBytes($"banyan; error={form.ProxyError}; details=\"gateway/{form.Code}\""));
        writer.Lines("Cache-Control: no-store\r\n"u8);
        if (form.Status == 503)
        {
            writer.Lines("Retry-After: 1\r\n"u8);
        }

        if (failure.Limit is { } limit)
        {
            writer.Field("Retry-After"u8, failure.RetryAfterSeconds);
            writer.Field("RateLimit-Policy"u8, Encoding.ASCII.GetBytes(limit.PolicyField));
            writer.Field("RateLimit"u8, Encoding.ASCII.GetBytes(limit.RefusedField(failure.RetryAfterSeconds)));
        }

        if (form.Status == 405)
        {
            writer.Lines(Allow);
        }

        if (grpc)
        {
            var message = FailureText.Grpc($"gateway/{form.Code}: {failure.Detail ?? form.Title}");
            writer.Lines("Content-Type: application/grpc\r\ngrpc-status: "u8);
            writer.Number(form.GrpcStatus);
            writer.Lines("\r\n"u8);
            writer.Field("grpc-message"u8, Encoding.ASCII.GetBytes(message[..Math.Min(message.Length, 2048)]));
        }
        else
        {
            writer.Lines("Content-Type: application/problem+json\r\n"u8);
        }

        writer.Field("Content-Length"u8, body.Length);
        writer.Lines(AnswerWriter.Connection(http10, closing));
        writer.End();
        to.WriteClient(writer.Written);
        if (!headOnly)
        {
            to.WriteClient(body.Span);
        }

        return status;
    }
}
