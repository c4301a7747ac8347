using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Http2;

/// <summary>
/// The client's end of an HTTP/2 connection: <see cref="Open"/> makes a stream, its request is written by <see cref="BeginHead"/>,
/// <see cref="Http2Session.Field"/>, <see cref="Http2Session.EndHead"/>, <see cref="Http2Session.SendData"/> and <see cref="Http2Session.SendTrailers"/>, the
/// answer arrives as events.
/// </summary>
public sealed class Http2ClientSession : Http2Session
{
    // Until the server says how many it takes (RFC 9113 section 6.5.2 recommends at least so many).
    private const int StreamsBeforeSettings = 100;

    private int _next = 1;
    private int _peerStreams = StreamsBeforeSettings;
    private bool _goneAway;

    /// <summary>A new connection; its preface and settings stand in the output.</summary>
    /// <param name="limits">All numbers.</param>
    /// <param name="handler">Is told what happens.</param>
    /// <param name="workspace">Of the connection's thread.</param>
    public Http2ClientSession(Http2Limits limits, IHttp2Handler handler, Http2Workspace workspace)
        : base(limits, handler, workspace)
    {
        Output.Append(Http2ServerSession.Preface);
        WriteSettings(
        [
            (SettingId.EnablePush, 0),
            (SettingId.InitialWindowSize, limits.StreamWindowBytes),
            (SettingId.MaxHeaderListSize, limits.MaxHeadBytes),
            (SettingId.NoPriorities, 1),
        ]);
        WidenConnection();
    }

    /// <summary>True when another stream may be opened now.</summary>
    public bool CanOpen => Room > 0;

    /// <summary>How many streams may be opened now.</summary>
    public int Room => IsLeaving ? 0 : Math.Max(0, Math.Min(_peerStreams, Limits.MaxStreams) - StreamCount);

    /// <summary>True when no stream will ever be opened again: the server said GOAWAY, the connection failed, or its numbers are used up.</summary>
    public bool IsLeaving => Failed || _goneAway || _next < 0;

    /// <summary>True when the server takes extended CONNECT (RFC 8441).</summary>
    public bool ConnectProtocol { get; private set; }

    private protected override int LastStream => 0;

    /// <summary>Opens a stream. Its request must be begun before another stream is opened.</summary>
    /// <exception cref="InvalidOperationException">No stream may be opened; see <see cref="CanOpen"/>.</exception>
    public Http2Stream Open()
    {
        if (!CanOpen)
        {
            throw new InvalidOperationException("No stream may be opened on this connection now. Look at CanOpen first.");
        }

        var stream = BeginStream(_next);
        _next = unchecked(_next + 2);
        return stream;
    }

    /// <summary>Begins the head of a request.</summary>
    /// <param name="stream">Newly opened.</param>
    /// <param name="method">A token.</param>
    /// <param name="secure">True for https.</param>
    /// <param name="authority">Host and port.</param>
    /// <param name="path">The raw path with its query.</param>
    public void BeginHead(Http2Stream stream, ReadOnlySpan<byte> method, bool secure, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        BeginHeadFrame(stream);
        stream.NoBody = method.SequenceEqual("HEAD"u8);
        if (method.SequenceEqual("GET"u8))
        {
            WriteIndexed(StaticTable.MethodGet);
        }
        else if (method.SequenceEqual("POST"u8))
        {
            WriteIndexed(StaticTable.MethodPost);
        }
        else
        {
            WritePlain(StaticTable.MethodGet, method);
        }

        WriteIndexed(secure ? StaticTable.SchemeHttps : StaticTable.SchemeHttp);
        WriteRemembered(":authority"u8, authority);
        WriteRemembered(":path"u8, path);
    }

    private protected override bool IsIdle(int id) => (id & 1) == 0 || (_next > 0 && id >= _next);

    private protected override void OnPeerStreams(uint max) => _peerStreams = (int)Math.Min(max, int.MaxValue);

    private protected override bool OnPeerConnectProtocol(bool enabled)
    {
        // Once offered, it may not be taken back (RFC 8441 section 3).
        if (ConnectProtocol && !enabled)
        {
            return false;
        }

        ConnectProtocol = enabled;
        return true;
    }

    private protected override void OnGoAway(int lastStream, Http2ErrorCode code)
    {
        _goneAway = true;
        foreach (var stream in StreamsAbove(lastStream))
        {
            EndStream(stream, code == Http2ErrorCode.NoError ? Http2ErrorCode.RefusedStream : code, unprocessed: true);
        }
    }

    private protected override void OnHeadBlock(int id, bool ends, Http2Head head)
    {
        if (Find(id) is { } stream)
        {
            OnAnswer(stream, ends, head);
        }
        else if (IsIdle(id))
        {
            Fail(Http2ErrorCode.ProtocolError, "an answer on a stream that was never opened");
        }
        else if (ClosedStreams.Find(id) is StreamEnd.Done or StreamEnd.ResetByPeer)
        {
            Fail(Http2ErrorCode.StreamClosed, "a head for a stream that has ended");
        }
        else
        {
            Charge(Limits.SmallPoints);
        }
    }

    private void OnAnswer(Http2Stream stream, bool ends, Http2Head head)
    {
        if (!stream.HeadSent || head.TooLarge || !HeadRules.IsResponseValid(head, ends))
        {
            Fault(stream, Http2ErrorCode.ProtocolError);
            return;
        }

        if (head.Status >= 200)
        {
            var noBody = stream.NoBody || head.Status is 204 or 304;
            if (ends && !noBody && head.ContentLength > 0)
            {
                Fault(stream, Http2ErrorCode.ProtocolError);
                return;
            }

            stream.HeadReceived = true;
            stream.RemoteEnded = ends;
            stream.LengthLeft = noBody ? 0 : head.ContentLength;
        }

        Handler.OnHead(stream, head);
        if (ends && !stream.Closed)
        {
            EndRemote(stream, null);
        }
    }
}
