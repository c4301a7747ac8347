using System.Text.Json.Nodes;
using Banyan.Resources.Storage;

namespace Banyan.Resources;

/// <summary>One object as a JSON document. The bytes are what is stored, so reading one costs no parsing; <see cref="ToJson"/> parses.</summary>
public sealed class ResourceDocument
{
    private readonly ReadOnlyMemory<byte> _stored;

    internal ResourceDocument(ResourceKind kind, ResourceName name, long revision, ReadOnlyMemory<byte> stored)
    {
        Kind = kind;
        Name = name;
        Revision = revision;
        _stored = stored;
    }

    /// <summary>The document's kind.</summary>
    public ResourceKind Kind { get; }

    /// <summary>The object's name.</summary>
    public ResourceName Name { get; }

    /// <summary>The revision that last wrote it; 0 for one that was only tried.</summary>
    public long Revision { get; }

    internal ReadOnlyMemory<byte> Stored => _stored;

    /// <summary>The whole document as UTF-8 JSON, with its revision.</summary>
    public byte[] ToUtf8() => DocumentCodec.WithRevision(Kind, _stored.Span, Revision);

    /// <summary>The whole document, with its revision.</summary>
    public JsonObject ToJson() => JsonNode.Parse(ToUtf8())!.AsObject();

    /// <summary>The object with its types.</summary>
    public Resource<TSpec, TStatus> Read<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind)
        where TSpec : class
        where TStatus : class => DocumentCodec.Read(kind, _stored.Span, Revision);
}
