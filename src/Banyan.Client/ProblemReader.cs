using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;

namespace Banyan.Client;

/// <summary>Turns an error answer into the exception the server meant (problem details, RFC 9457, with <c>code</c> and <c>errors</c>).</summary>
internal static class ProblemReader
{
    public static async Task<BanyanException> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = response.StatusCode;
        var problem = await ReadBodyAsync(response, cancellation).ConfigureAwait(false);
        var title = Text(problem, "title") ?? response.ReasonPhrase ?? status.ToString();
        var code = Text(problem, "code") ?? $"http/{(int)status}";
        var kind = KindOf(status, code);
        var detail = Text(problem, "detail")
            ?? $"{title}: {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath} was answered with {(int)status}.";
        return new BanyanException(new ErrorCode(code, kind, title), detail) { Faults = Faults(problem) };
    }

    private static async Task<JsonObject?> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await JsonNode.ParseAsync(body, cancellationToken: cancellation).ConfigureAwait(false) as JsonObject;
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            // A proxy's own error page, or a body cut short: the status still says enough.
            return null;
        }
    }

    private static Fault[] Faults(JsonObject? problem) =>
        problem?["errors"] is JsonArray errors
            ? errors.OfType<JsonObject>()
                .Select(e => new Fault(Text(e, "pointer") ?? string.Empty, Text(e, "message") ?? string.Empty, Text(e, "code") ?? "invalid"))
                .ToArray()
            : [];

    private static string? Text(JsonObject? from, string name) => from?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static ErrorKind KindOf(HttpStatusCode status, string code) => (int)status switch
    {
        400 => ErrorKind.Invalid,
        401 => ErrorKind.Unauthenticated,
        403 => ErrorKind.Forbidden,
        404 => ErrorKind.NotFound,
        409 => code.Contains("exists", StringComparison.Ordinal) ? ErrorKind.AlreadyExists : ErrorKind.Conflict,
        410 => ErrorKind.Gone,
        412 => ErrorKind.Stale,
        413 => ErrorKind.TooLarge,
        422 => ErrorKind.Unprocessable,
        429 => ErrorKind.Throttled,
        502 or 503 => ErrorKind.Unavailable,
        504 => ErrorKind.Timeout,
        _ => ErrorKind.Internal,
    };
}
