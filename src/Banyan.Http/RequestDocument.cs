using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Microsoft.AspNetCore.Http;

namespace Banyan.Http;

/// <summary>Reads JSON bodies: bounded in size and depth, without duplicate members, and with line and column of a mistake.</summary>
public static class RequestDocument
{
    /// <summary>Largest body in bytes: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly string[] Json = ["application/json"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Reads the body as a JSON object.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="mediaTypes">Which content types are taken; by default only <c>application/json</c>.</param>
    /// <exception cref="BanyanException">http/unsupported-media-type, http/body-too-large, http/malformed-json with line and column.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, CancellationToken ct, params string[] mediaTypes)
    {
        CheckMediaType(request, mediaTypes.Length == 0 ? Json : mediaTypes);
        var bytes = await ReadBytesAsync(request, ct);
        try
        {
            var document = JsonNode.Parse(bytes.Span, null, Strict) as JsonObject
                ?? throw new BanyanException(HttpErrors.MalformedJson, "The body must be a JSON object: '{' … '}'.");
            ReadTexts(document);
            return document;
        }
        catch (InvalidOperationException e)
        {
            throw new BanyanException(HttpErrors.MalformedJson, "A text in the body is not valid UTF-8, or has half of a surrogate pair. Send UTF-8.", e);
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="BanyanException">http/body-too-large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
        {
            throw TooLarge();
        }

        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 1024) + 1);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(1024), ct);
            if (read == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(read);
            if (buffer.WrittenCount > MaxBytes)
            {
                throw TooLarge();
            }
        }
    }

    /// <summary>The error for a body that is no JSON, with line and column counted from 1.</summary>
    public static BanyanException Malformed(JsonException e)
    {
        // The serialiser appends path and zero-based position to its message; ours counts as editors do.
        var reason = e.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0].TrimEnd('.');
        return new BanyanException(
            HttpErrors.MalformedJson,
            $"Line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}: {reason}.",
            e);
    }

    // The parser looks at texts only when they are asked for; a broken one must be found here and not in the middle of a write.
    private static void ReadTexts(JsonNode? node)
    {
        if (node is JsonObject o)
        {
            foreach (var (_, value) in o)
            {
                ReadTexts(value);
            }
        }
        else if (node is JsonArray a)
        {
            foreach (var value in a)
            {
                ReadTexts(value);
            }
        }
        else if (node?.GetValueKind() == JsonValueKind.String)
        {
            _ = node.GetValue<string>();
        }
    }

    private static void CheckMediaType(HttpRequest request, string[] accepted)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (type is null || !accepted.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new BanyanException(
                HttpErrors.UnsupportedMediaType,
                $"{(type is null ? "There is no Content-Type" : $"The Content-Type is '{type}'")}; send {string.Join(" or ", accepted)}.");
        }
    }

    private static BanyanException TooLarge() => new(HttpErrors.BodyTooLarge, $"The body has more than {MaxBytes} bytes. Split what you send.");
}
