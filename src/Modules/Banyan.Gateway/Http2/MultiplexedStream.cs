using Banyan.Loops;
using Banyan.Loops.Sockets;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>
/// A stream of an HTTP/2 connection as a stream of bytes that speaks HTTP/1.1, so that exchanges know one language: what arrives in frames is received as text, and
/// text that is sent becomes frames.
/// </summary>
/// <remarks>
/// What was sent and does not fit the peer's windows waits in the HTTP/2 stream; until it is gone nothing more is taken, so the other side of the exchange is not
/// read. What was received and not taken is not given back to the peer's windows.
/// </remarks>
internal abstract class MultiplexedStream(EventLoop loop) : LoopSubstream(loop)
{
    private readonly ByteQueue _input = new();
    private readonly ByteQueue _cut = new();
    private Phase _phase;
    private long _bodyLeft;
    private ChunkedDecoder _chunks;
    private int _held;
    private bool _inputEnded;
    private bool _broken;
    private bool _closed = true;
    private bool _standsStill;

    private enum Phase
    {
        Head,
        Length,
        Chunks,
        Tunnel,
        Done,
    }

    /// <inheritdoc/>
    public override bool IsClosed => _closed;

    /// <inheritdoc/>
    public override bool SeemsIdle => !_closed && !HasInput;

    /// <inheritdoc/>
    protected override bool HasInput => _input.Length > 0 || _inputEnded || _broken;

    /// <inheritdoc/>
    protected override bool IsBroken => _broken;

    /// <summary>The stream on the wire; null when there is none any more.</summary>
    protected Http2Stream? Stream { get; private set; }

    /// <summary>True when the peer's body is given on in chunks.</summary>
    protected bool InputInChunks { get; set; }

    /// <summary>True when the message that is sent is whole.</summary>
    protected bool IsAnswered => _phase == Phase.Done;

    /// <summary>Where what was received waits as text.</summary>
    protected ByteQueue Input => _input;

    /// <summary>The connection's end of the protocol.</summary>
    protected abstract Http2Session Session { get; }

    /// <summary>Where the decoder of chunks puts trailers; of the loop.</summary>
    protected abstract FieldTable Trailers { get; }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> into)
    {
        if (_closed || _broken)
        {
            return IoResult.Failed(_closed ? Errno.BadDescriptor : Errno.ConnectionReset);
        }

        if (_input.Length == 0)
        {
            return _inputEnded ? IoResult.End : IoResult.WouldBlock;
        }

        var count = Math.Min(into.Length, _input.Length);
        _input.Bytes[..count].CopyTo(into);
        _input.Sent(count);
        GiveBack(_input.Length == 0 ? _held : Math.Min(_held, count));
        return IoResult.Done(count);
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> bytes) => Send(bytes, default);

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_closed || _broken || (Stream is null && _phase != Phase.Head))
        {
            return IoResult.Failed(_closed ? Errno.BadDescriptor : Errno.BrokenPipe);
        }

        if (Stream is { Waiting: > 0 })
        {
            _standsStill = true;
            return IoResult.WouldBlock;
        }

        Take(first);
        if (second.IsEmpty)
        {
            return IoResult.Done(first.Length);
        }

        if (Stream is { Waiting: > 0 })
        {
            _standsStill = true;
            return IoResult.Done(first.Length);
        }

        Take(second);
        return IoResult.Done(first.Length + second.Length);
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (_phase == Phase.Tunnel && Stream is { LocalEnded: false } stream)
        {
            _phase = Phase.Done;
            Session.SendData(stream, default, endStream: true);
            Schedule();
        }
        else if (IsAnswered)
        {
            // Nothing of the rest is wanted; whoever waits for the end need not wait for the peer.
            _inputEnded = true;
        }
    }

    /// <inheritdoc/>
    public override void Close() => Close(reset: false);

    /// <inheritdoc/>
    public override void Abort() => Close(reset: true);

    /// <inheritdoc/>
    public override bool IsAlive() => !_closed && !_broken && Stream is not null;

    /// <summary>Data arrived.</summary>
    public void OnData(ReadOnlySpan<byte> data)
    {
        _held += data.Length;
        if (_closed)
        {
            GiveBack(_held);
            return;
        }

        if (InputInChunks)
        {
            Http1Text.WriteChunk(_input, data);
        }
        else
        {
            _input.Append(data);
        }

        Tell();
    }

    /// <summary>The peer has said its all.</summary>
    public void OnEnd(Http2Head? trailers)
    {
        if (InputInChunks)
        {
            Http1Text.WriteLastChunk(_input, trailers);
        }
        else if (_phase == Phase.Tunnel)
        {
            _inputEnded = true;
        }

        Tell();
    }

    /// <summary>The peer reset the stream, or it broke.</summary>
    public virtual void OnReset(bool unprocessed) => Break();

    /// <summary>What waited has been written.</summary>
    public void OnDrained()
    {
        if (_standsStill && !_closed)
        {
            _standsStill = false;
            TellWritable();
        }
    }

    /// <summary>The stream on the wire is over.</summary>
    public void OnStreamClosed()
    {
        Stream = null;
        if (_closed)
        {
            Return();
        }
    }

    /// <summary>Begins anew.</summary>
    protected void Begin()
    {
        _phase = Phase.Head;
        _held = 0;
        _inputEnded = false;
        _broken = false;
        _closed = false;
        _standsStill = false;
        InputInChunks = false;
        WantsRead = true;
    }

    /// <summary>Takes a stream on the wire.</summary>
    protected void Attach(Http2Stream stream)
    {
        Stream = stream;
        stream.Owner = this;
    }

    /// <summary>Nothing can be received or sent any more.</summary>
    protected void Break()
    {
        _broken = true;
        Tell();
    }

    /// <summary>Something was written to the session, or data given back: it is sent before the loop waits.</summary>
    protected abstract void Schedule();

    /// <summary>Nobody uses this object any more.</summary>
    protected abstract void Return();

    /// <summary>Reads a head from the front of these bytes and sends it.</summary>
    /// <param name="bytes">What was sent.</param>
    /// <param name="head">What it decides.</param>
    /// <returns>Its length; 0 when it is not whole.</returns>
    protected abstract int TakeHead(ReadOnlySpan<byte> bytes, out TakenHead head);

    /// <summary>Ends the stream on the wire, which has not ended by itself.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="whole">True when the message sent is whole, though some of it may wait.</param>
    protected abstract void End(Http2Stream stream, bool whole);

    /// <summary>Lets the owner be called, before the loop waits.</summary>
    protected void Tell()
    {
        if (!_closed && (WantsRead || _broken))
        {
            ReadAgain();
        }
    }

    private void GiveBack(int count)
    {
        _held -= count;
        if (count > 0 && Stream is { } stream)
        {
            Session.Consumed(stream, count);
            if (Session.Output.Length > 0)
            {
                Schedule();
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_cut.Length > 0)
        {
            _cut.Append(bytes);
            _cut.Sent(Read(_cut.Bytes));
        }
        else
        {
            _cut.Append(bytes[Read(bytes)..]);
        }

        Schedule();
    }

    private int Read(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && !_broken)
        {
            var rest = bytes[at..];
            var taken = (_phase, Stream) switch
            {
                (Phase.Head, _) => ReadHead(rest),
                (Phase.Length, { } stream) => ReadLength(stream, rest),
                (Phase.Chunks, { } stream) => ReadChunks(stream, rest),
                (Phase.Tunnel, { } stream) => ReadTunnel(stream, rest),
                _ => rest.Length,
            };
            if (taken == 0)
            {
                return at;
            }

            at += taken;
        }

        return bytes.Length;
    }

    private int ReadHead(ReadOnlySpan<byte> bytes)
    {
        var length = TakeHead(bytes, out var head);
        if (length == 0 || head.IsInterim)
        {
            return length;
        }

        _bodyLeft = head.ContentLength;
        _phase = head.Framing switch
        {
            _ when head.IsSwitch => Phase.Tunnel,
            BodyFraming.Length when _bodyLeft > 0 => Phase.Length,
            BodyFraming.Chunked => Phase.Chunks,
            _ => Phase.Done,
        };
        _chunks = new ChunkedDecoder(ChunkLimits.Default);
        return length;
    }

    private int ReadLength(Http2Stream stream, ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(_bodyLeft, bytes.Length);
        _bodyLeft -= count;
        if (_bodyLeft == 0)
        {
            _phase = Phase.Done;
        }

        Session.SendData(stream, bytes[..count], endStream: _bodyLeft == 0);
        return count;
    }

    // A piece is sent when it is known whether it is the last: then it ends the stream itself.
    private int ReadChunks(Http2Stream stream, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        var piece = default(ReadOnlySpan<byte>);
        while (true)
        {
            var step = _chunks.Read(bytes[at..], Trailers, out var used, out var data);
            switch (step)
            {
                case ChunkStep.Data:
                    Session.SendData(stream, piece, endStream: false);
                    piece = data.Of(bytes[at..]);
                    break;
                case ChunkStep.End when Trailers.Count == 0:
                    _phase = Phase.Done;
                    Session.SendData(stream, piece, endStream: true);
                    return at + used;
                case ChunkStep.End:
                    _phase = Phase.Done;
                    Session.SendData(stream, piece, endStream: false);
                    Session.SendTrailers(stream, bytes[at..], Trailers);
                    return at + used;
                case ChunkStep.NeedMore:
                    Session.SendData(stream, piece, endStream: false);
                    return at + used;
                default:
                    throw new InvalidOperationException("The exchange wrote chunks that cannot be read. This is a defect; report it with the access log's line.");
            }

            at += used;
        }
    }

    private int ReadTunnel(Http2Stream stream, ReadOnlySpan<byte> bytes)
    {
        Session.SendData(stream, bytes, endStream: false);
        return bytes.Length;
    }

    private void Close(bool reset)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        Owner = null;
        _input.Clear();
        _cut.Clear();
        if (Stream is not { } stream)
        {
            Return();
            return;
        }

        // What closes the stream on the wire returns this object.
        Schedule();
        GiveBack(_held);
        End(stream, whole: !reset && _phase == Phase.Done);
    }

    /// <summary>What a head decides about what follows it.</summary>
    protected readonly record struct TakenHead(BodyFraming Framing, long ContentLength, bool IsInterim = false, bool IsSwitch = false);
}
