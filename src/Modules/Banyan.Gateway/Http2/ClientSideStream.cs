using Banyan.Loops.Sockets;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>One request of an HTTP/2 client: the exchange receives it as HTTP/1.1, and what it answers becomes frames. Used again for later requests of the loop.</summary>
internal sealed class ClientSideStream(Http2Tools tools) : MultiplexedStream(tools.Loop)
{
    private Http2Connection? _connection;
    private KnownMethod _method;

    /// <summary>What waited for the client when it was last looked at, and since when that has not changed (the loop's clock).</summary>
    public (int Waiting, long Since) Unmoved { get; set; }

    /// <summary>True when nobody is served any more and the end of the answer waits for the client.</summary>
    public bool IsFinishing => IsClosed && Stream is not null;

    /// <summary>How much waits for the client.</summary>
    public int Waiting => Stream?.Waiting ?? 0;

    /// <inheritdoc/>
    public override LoopAddress Peer => _connection?.Peer ?? default;

    /// <inheritdoc/>
    protected override Http2Session Session => _connection!.Session;

    /// <inheritdoc/>
    protected override FieldTable Trailers => tools.Trailers;

    /// <summary>Takes a request.</summary>
    public void Begin(Http2Connection connection, Http2Stream stream, Http2Head head)
    {
        _connection = connection;
        Begin();
        Attach(stream);
        _method = KnownMethods.Identify(head.Method.Of(head.Bytes));
        InputInChunks = Http1Text.WriteRequest(Input, head, stream.RemoteEnded);
        Tell();
    }

    /// <summary>The client takes nothing of the end of its answer: no more waiting.</summary>
    public void GiveUp() => Session.Reset(Stream!, Http2ErrorCode.Cancel);

    /// <inheritdoc/>
    public override void Close()
    {
        var connection = _connection;
        base.Close();
        if (IsFinishing)
        {
            Unmoved = (Waiting, Loop.Now);
            connection!.Finishing.Add(this);
        }
    }

    /// <inheritdoc/>
    protected override int TakeHead(ReadOnlySpan<byte> bytes, out TakenHead taken)
    {
        var head = tools.Answer;
        head.Reset();
        taken = default;
        switch (ResponseParser.Parse(bytes, head, _method, Http2Tools.OwnHeads))
        {
            case ParseStatus.Incomplete:
                return 0;
            case ParseStatus.Refused:
                throw new InvalidOperationException($"The exchange wrote a head that cannot be read: {WireFaults.Describe(head.Fault).Words} This is a defect.");
        }

        var tunnel = head.Status == 101;
        var ends = !head.IsInterim && !tunnel && (head.Framing == BodyFraming.None || (head.Framing == BodyFraming.Length && head.ContentLength == 0));
        Http1Text.SendAnswer(_connection!.Session, Stream!, bytes, head, ends);
        taken = new TakenHead(head.Framing, head.ContentLength, head.IsInterim, tunnel);
        return head.Length;
    }

    /// <inheritdoc/>
    protected override void End(Http2Stream stream, bool whole)
    {
        if (whole)
        {
            Session.Leave(stream);
        }
        else
        {
            Session.Reset(stream, Http2ErrorCode.InternalError);
        }
    }

    /// <inheritdoc/>
    protected override void Schedule() => _connection!.Schedule();

    /// <inheritdoc/>
    protected override void Return()
    {
        _connection = null;
        tools.ClientSide.Push(this);
    }
}
