using Banyan.Loops;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>What the HTTP/2 connections of one loop share. For its thread only.</summary>
internal sealed class Http2Tools(EventLoop loop)
{
    /// <summary>For heads the gateway wrote itself: they were limited when they were read, and got some fields since.</summary>
    public static readonly HeadLimits OwnHeads = new() { MaxStartLineBytes = 64 * 1024, MaxHeadBytes = 128 * 1024, MaxFields = 1000 };

    public EventLoop Loop { get; } = loop;

    public Http2Workspace Workspace { get; } = new();

    /// <summary>For the head of an answer that is turned into frames; used up within one call.</summary>
    public ResponseHead Answer { get; } = new();

    /// <summary>For the head of a request that is turned into frames; used up within one call.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>Where decoders of chunks put trailers.</summary>
    public FieldTable Trailers { get; } = new();

    /// <summary>Streams that nobody uses.</summary>
    public Stack<ClientSideStream> ClientSide { get; } = new();

    /// <summary>The same, for requests to instances.</summary>
    public Stack<UpstreamSideStream> UpstreamSide { get; } = new();

    /// <summary>A stream to an instance to use.</summary>
    public UpstreamSideStream TakeUpstreamSide() => UpstreamSide.TryPop(out var stream) ? stream : new UpstreamSideStream(this);

    /// <summary>A stream of a client to use.</summary>
    public ClientSideStream TakeClientSide() => ClientSide.TryPop(out var stream) ? stream : new ClientSideStream(this);
}
