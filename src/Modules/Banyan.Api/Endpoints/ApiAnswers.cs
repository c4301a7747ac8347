using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Http;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Api.Endpoints;

/// <summary>Writes answers.</summary>
internal static class ApiAnswers
{
    public const string OutcomeHeader = "Banyan-Outcome";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            write(json);
        }

        return WriteAsync(context, buffer.WrittenMemory, status);
    }

    /// <summary>The object with its ETag, or 304 when the client has it.</summary>
    public static Task WriteDocumentAsync(HttpContext context, ResourceDocument document)
    {
        Preconditions.Write(context.Response, document.Revision);
        if (Preconditions.IsKnown(context.Request, document.Revision))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(context, document.ToUtf8());
    }

    public static Task WriteListAsync(HttpContext context, DocumentList list) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("revision", list.Revision);
        if (list.Continue is not null)
        {
            json.WriteString("continue", list.Continue);
        }

        json.WriteStartArray("items");
        foreach (var item in list.Items)
        {
            json.WriteRawValue(item.ToUtf8(), skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The object after a write; of a dry run with outcome and diff around it.</summary>
    public static Task WriteResultAsync(HttpContext context, WriteResult result, bool dryRun)
    {
        var outcome = result.Outcome switch
        {
            WriteOutcome.Created => "created",
            WriteOutcome.Updated => "updated",
            WriteOutcome.Unchanged => "unchanged",
            WriteOutcome.Deleted => "deleted",
            _ => "deleting",
        };
        context.Response.Headers[OutcomeHeader] = outcome;
        if (!dryRun)
        {
            Preconditions.Write(context.Response, result.Document.Revision);
            var status = result.Outcome switch { WriteOutcome.Created => 201, WriteOutcome.Deleting => 202, _ => 200 };
            if (status == StatusCodes.Status201Created)
            {
                context.Response.Headers.Location = AddressOf(result.Document);
            }

            return WriteAsync(context, result.Document.ToUtf8(), status);
        }

        return WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("outcome", outcome);
            json.WritePropertyName("object");
            json.WriteRawValue(result.Document.ToUtf8(), skipInputValidation: true);
            json.WriteStartArray("diff");
            foreach (var change in result.Changes)
            {
                json.WriteStartObject();
                json.WriteString("pointer", change.Pointer);
                Value(json, "before", change.Before);
                Value(json, "after", change.After);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public static string AddressOf(ResourceDocument document) =>
        document.Name.Domain is null ? $"/api/v1/{document.Kind.Plural}/{document.Name.Name}"
            : $"/api/v1/domains/{document.Name.Domain}/{document.Kind.Plural}/{document.Name.Name}";

    private static void Value(Utf8JsonWriter json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
