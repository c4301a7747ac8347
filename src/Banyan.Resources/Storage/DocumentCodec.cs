using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Resources.Json;

namespace Banyan.Resources.Storage;

/// <summary>
/// Documents as bytes. What is stored is the answer of the API without <c>metadata.revision</c>, which only the store knows; it is spliced in at a place that is
/// known beforehand, so answering a read parses nothing.
/// </summary>
internal static class DocumentCodec
{
    public const string ApiVersion = "banyan/v1";

    private static readonly ConcurrentDictionary<ResourceKind, byte[]> Prefixes = new();
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new ResourceMetadata { Name = string.Empty }.Labels;

    public static byte[] Write(ResourceKind kind, StoredState state)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, ResourceJson.Compact);
        writer.WriteStartObject();
        writer.WriteString("apiVersion", ApiVersion);
        writer.WriteString("kind", kind.Name);
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, MetadataDocument.From(state.Metadata), ResourceJson.Default.MetadataDocument);
        writer.WritePropertyName("spec");
        state.Spec.WriteTo(writer);
        if (state.Status is not null)
        {
            writer.WritePropertyName("status");
            state.Status.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] WithRevision(ResourceKind kind, ReadOnlySpan<byte> stored, long revision)
    {
        var prefix = Prefixes.GetOrAdd(kind, k => Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{ApiVersion}\",\"kind\":\"{k.Name}\",\"metadata\":{{"));
        if (!stored.StartsWith(prefix))
        {
            // Written by hand or by another version: the slow way.
            var document = JsonNode.Parse(stored)!.AsObject();
            document["metadata"]!["revision"] = revision;
            return Encoding.UTF8.GetBytes(document.ToJsonString());
        }

        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, digits, out var count);
        var name = "\"revision\":"u8;
        var result = new byte[stored.Length + name.Length + count + 1];
        var at = result.AsSpan();
        prefix.CopyTo(at);
        at = at[prefix.Length..];
        name.CopyTo(at);
        at = at[name.Length..];
        digits[..count].CopyTo(at);
        at = at[count..];
        at[0] = (byte)',';
        stored[prefix.Length..].CopyTo(at[1..]);
        return result;
    }

    /// <summary>One pass over the bytes, without a tree.</summary>
    public static Resource<TSpec, TStatus> Read<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ReadOnlySpan<byte> stored, long revision)
        where TSpec : class
        where TStatus : class
    {
        var reader = new Utf8JsonReader(stored);
        MetadataDocument? metadata = null;
        TSpec? spec = null;
        TStatus? status = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                metadata = JsonSerializer.Deserialize(ref reader, ResourceJson.Default.MetadataDocument);
            }
            else if (reader.ValueTextEquals("spec"u8))
            {
                spec = JsonSerializer.Deserialize(ref reader, kind.TypedSpec);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                status = JsonSerializer.Deserialize(ref reader, kind.TypedStatus);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new Resource<TSpec, TStatus>(
            metadata?.ToMetadata(revision) ?? throw new JsonException($"A stored {kind.Name} has no metadata."),
            spec ?? throw new JsonException($"The stored {kind.Name} '{metadata.Name}' has no spec."),
            status);
    }

    /// <summary>Only the labels, for selectors.</summary>
    public static IReadOnlyDictionary<string, string> ReadLabels(ReadOnlySpan<byte> stored) => ReadMetadata(stored)?.Labels ?? NoLabels;

    public static StoredState ReadState(ReadOnlySpan<byte> stored, long revision)
    {
        var document = JsonNode.Parse(stored)!.AsObject();
        var metadata = document["metadata"].Deserialize(ResourceJson.Default.MetadataDocument)!.ToMetadata(revision);
        var spec = document["spec"]!.AsObject();
        var status = document["status"];
        document.Remove("spec");
        document.Remove("status");
        return new StoredState(metadata, spec, status);
    }

    private static MetadataDocument? ReadMetadata(ReadOnlySpan<byte> stored)
    {
        var reader = new Utf8JsonReader(stored);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                return JsonSerializer.Deserialize(ref reader, ResourceJson.Default.MetadataDocument);
            }

            reader.Read();
            reader.Skip();
        }

        return null;
    }
}
