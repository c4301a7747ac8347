using Banyan.Loops.Sockets;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>
/// One request to an instance that speaks HTTP/2: the exchange sends it as HTTP/1.1 and receives the answer so. The stream on the wire is opened with the whole head,
/// because streams must begin in the order of their numbers. Used again for later requests of the loop.
/// </summary>
internal sealed class UpstreamSideStream(Http2Tools tools) : MultiplexedStream(tools.Loop)
{
    private Uplink? _uplink;
    private bool _opened;
    private bool _headOnly;

    /// <summary>True when the instance said that it has done nothing for this request.</summary>
    public bool Unprocessed { get; private set; }

    /// <inheritdoc/>
    public override LoopAddress Peer => _uplink?.Peer ?? default;

    /// <summary>False: it is used for one request only.</summary>
    public override bool SeemsIdle => false;

    /// <inheritdoc/>
    protected override Http2Session Session => _uplink!.Session;

    /// <inheritdoc/>
    protected override FieldTable Trailers => tools.Trailers;

    /// <summary>Takes a place on a connection.</summary>
    public void Begin(Uplink uplink)
    {
        _uplink = uplink;
        _opened = false;
        Unprocessed = false;
        uplink.Reserved++;
        Begin();
    }

    /// <summary>A head of the answer arrived.</summary>
    public void OnHead(Http2Stream stream, Http2Head head)
    {
        InputInChunks = Http1Text.WriteAnswer(Input, head, stream.RemoteEnded, _headOnly);
        Tell();
    }

    /// <inheritdoc/>
    public override void OnReset(bool unprocessed)
    {
        Unprocessed = unprocessed;

        // A whole answer stays one; the instance wants no more of the request.
        if (Stream is not { RemoteEnded: true })
        {
            Break();
        }
    }

    /// <summary>The connection ended before the request began.</summary>
    public void OnUplinkLost()
    {
        Unprocessed = true;
        Break();
    }

    /// <inheritdoc/>
    protected override int TakeHead(ReadOnlySpan<byte> bytes, out TakenHead taken)
    {
        var head = tools.Request;
        head.Reset();
        taken = default;
        switch (RequestParser.Parse(bytes, head, Http2Tools.OwnHeads))
        {
            case ParseStatus.Incomplete:
                return 0;
            case ParseStatus.Refused:
                throw new InvalidOperationException($"The exchange wrote a head that cannot be read: {WireFaults.Describe(head.Fault).Words} This is a defect.");
        }

        FreePlace();
        if (!_uplink!.Session.CanOpen)
        {
            OnUplinkLost();
            return head.Length;
        }

        Attach(_uplink.Session.Open());
        _headOnly = head.Method == KnownMethod.Head;
        var ends = head.Framing == BodyFraming.None || (head.Framing == BodyFraming.Length && head.ContentLength == 0);
        Http1Text.SendRequest(_uplink.Session, Stream!, bytes, head, _uplink.IsSecure, ends);
        taken = new TakenHead(head.Framing, head.ContentLength);
        return head.Length;
    }

    /// <inheritdoc/>
    protected override void End(Http2Stream stream, bool whole) => Session.Reset(stream, Http2ErrorCode.Cancel);

    /// <inheritdoc/>
    protected override void Schedule() => _uplink!.Schedule();

    /// <inheritdoc/>
    protected override void Return()
    {
        FreePlace();
        _uplink!.Schedule();
        _uplink = null;
        tools.UpstreamSide.Push(this);
    }

    private void FreePlace()
    {
        if (!_opened)
        {
            _opened = true;
            _uplink!.Reserved--;
        }
    }
}
