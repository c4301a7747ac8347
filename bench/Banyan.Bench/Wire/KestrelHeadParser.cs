using System.Buffers;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;

namespace Banyan.Bench.Wire;

/// <summary>Kestrel's own parser with a handler that keeps nothing: it finds names and values, and decides nothing about framing, hosts or hops.</summary>
internal sealed class KestrelHeadParser : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private readonly HttpParser<KestrelHeadParser> _parser = new();
    private int _fields;

    /// <summary>Reads a whole head and gives the number of its fields.</summary>
    public int Parse(ReadOnlySequence<byte> bytes)
    {
        _fields = 0;
        var reader = new SequenceReader<byte>(bytes);
        if (!_parser.ParseRequestLine(this, ref reader) || !_parser.ParseHeaders(this, ref reader))
        {
            throw new InvalidOperationException("Kestrel's parser took no whole head. The sample must be one.");
        }

        return _fields;
    }

    void IHttpRequestLineHandler.OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
    }

    void IHttpHeadersHandler.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _fields++;

    void IHttpHeadersHandler.OnHeadersComplete(bool endStream)
    {
    }

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index)
    {
    }

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value)
    {
    }
}
