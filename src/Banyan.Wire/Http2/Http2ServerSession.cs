using System.Buffers.Text;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Http2;

/// <summary>
/// The server's end of an HTTP/2 connection: requests arrive as events, answers are written by <see cref="BeginHead"/>, <see cref="Http2Session.Field"/>,
/// <see cref="Http2Session.EndHead"/>, <see cref="Http2Session.SendData"/> and <see cref="Http2Session.SendTrailers"/>. Only requests that can be written as
/// HTTP/1.1 without change of meaning reach the handler.
/// </summary>
public sealed class Http2ServerSession : Http2Session
{
    private readonly bool _connectProtocol;
    private int _prefaceLeft = Preface.Length;
    private int _highest;
    private int _accepted;
    private bool _draining;

    /// <summary>A new connection; its settings stand in the output.</summary>
    /// <param name="limits">All numbers.</param>
    /// <param name="handler">Is told what happens.</param>
    /// <param name="workspace">Of the connection's thread.</param>
    /// <param name="connectProtocol">True offers extended CONNECT (RFC 8441).</param>
    public Http2ServerSession(Http2Limits limits, IHttp2Handler handler, Http2Workspace workspace, bool connectProtocol = false)
        : base(limits, handler, workspace)
    {
        _connectProtocol = connectProtocol;
        WriteSettings(
        [
            (SettingId.MaxConcurrentStreams, limits.MaxStreams),
            (SettingId.InitialWindowSize, limits.StreamWindowBytes),
            (SettingId.MaxHeaderListSize, limits.MaxHeadBytes),
            (SettingId.NoPriorities, 1),
            (SettingId.EnableConnectProtocol, connectProtocol ? 1 : 0),
        ]);
        WidenConnection();
    }

    /// <summary>What a client sends first (RFC 9113 section 3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>True when new requests are passed over, because the client was told the last one that is not.</summary>
    public bool Drained { get; private set; }

    /// <summary>True when the connection drained and no request is left: send the output, then close.</summary>
    public bool IsFinished => Drained && StreamCount == 0;

    private protected override int LastStream => _accepted;

    /// <summary>
    /// Asks the client to send no more requests. Those under way when it hears of this are served: <see cref="Drained"/> becomes true when it has answered, or
    /// with <see cref="EndDrain"/> (RFC 9113 section 6.8).
    /// </summary>
    public void BeginDrain()
    {
        if (!_draining && !Failed)
        {
            _draining = true;
            WriteGoAway(int.MaxValue);
            WritePing(FrameFlags.None, DrainPing);
        }
    }

    /// <summary>Passes over all requests from now on.</summary>
    public void EndDrain()
    {
        if (!Drained && !Failed)
        {
            _draining = true;
            Drained = true;
            WriteGoAway(_accepted);
        }
    }

    /// <summary>Begins the head of an answer, interim or final.</summary>
    /// <param name="stream">The request's stream.</param>
    /// <param name="status">100 to 599, without 101.</param>
    public void BeginHead(Http2Stream stream, int status)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        BeginHeadFrame(stream);
        var index = status switch
        {
            200 => StaticTable.Status200,
            204 => StaticTable.Status200 + 1,
            206 => StaticTable.Status200 + 2,
            304 => StaticTable.Status200 + 3,
            400 => StaticTable.Status200 + 4,
            404 => StaticTable.Status200 + 5,
            500 => StaticTable.Status200 + 6,
            _ => 0,
        };
        if (index > 0)
        {
            WriteIndexed(index);
            return;
        }

        Span<byte> digits = stackalloc byte[3];
        Utf8Formatter.TryFormat(status, digits, out _);
        WritePlain(StaticTable.Status200, digits);
    }

    private protected override int TakePreface(ReadOnlySpan<byte> bytes)
    {
        if (_prefaceLeft == 0)
        {
            return 0;
        }

        var expected = Preface[^_prefaceLeft..];
        var count = Math.Min(expected.Length, bytes.Length);
        if (!bytes[..count].SequenceEqual(expected[..count]))
        {
            Fail(Http2ErrorCode.ProtocolError, "the connection does not begin as HTTP/2");
            return bytes.Length;
        }

        _prefaceLeft -= count;
        return count;
    }

    private protected override bool IsIdle(int id) => id > _highest || (id & 1) == 0;

    private protected override void OnDrainPong() => EndDrain();

    private protected override void OnHeadBlock(int id, bool ends, Http2Head head)
    {
        if ((id & 1) == 0)
        {
            Fail(Http2ErrorCode.ProtocolError, "streams of a client have odd numbers");
        }
        else if (id <= _highest)
        {
            OnLateHead(id);
        }
        else if (Drained)
        {
            // The client knows that nothing is done with it, and sends it elsewhere.
            _highest = id;
            ClosedStreams.Add(id, StreamEnd.ResetHere);
        }
        else
        {
            _highest = id;
            OnRequest(id, ends, head);
        }
    }

    private void OnLateHead(int id)
    {
        switch (ClosedStreams.Find(id))
        {
            case StreamEnd.ResetHere:
                Charge(Limits.SmallPoints);
                break;
            case StreamEnd.Forgotten:
                Fail(Http2ErrorCode.ProtocolError, "streams must be opened in the order of their numbers");
                break;
            default:
                Fail(Http2ErrorCode.StreamClosed, "a head for a stream that has ended");
                break;
        }
    }

    private void OnRequest(int id, bool ends, Http2Head head)
    {
        if (StreamCount >= Limits.MaxStreams)
        {
            Fault(id, Http2ErrorCode.RefusedStream);
            return;
        }

        if (!head.TooLarge && !HeadRules.IsRequestValid(head, ends, _connectProtocol))
        {
            Fault(id, Http2ErrorCode.ProtocolError);
            return;
        }

        _accepted = id;
        var stream = BeginStream(id);
        stream.HeadReceived = true;
        if (head.TooLarge)
        {
            BeginHead(stream, 431);
            EndHead(endStream: true);
            Reset(stream, Http2ErrorCode.NoError);
            Charge(Limits.ResetPoints);
            return;
        }

        stream.LengthLeft = head.ContentLength;
        stream.RemoteEnded = ends;
        Handler.OnHead(stream, head);
        if (ends && !stream.Closed)
        {
            EndRemote(stream, null);
        }
    }
}
