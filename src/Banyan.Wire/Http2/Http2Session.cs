using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Http2;

/// <summary>
/// One end of an HTTP/2 connection (RFC 9113) without I/O: what arrives goes into <see cref="Receive"/>, what is to be sent stands in <see cref="Output"/>, what
/// happens is told to a handler. Used by one thread. Allocates nothing once streams and buffers are there; an idle connection owns no buffer but the tables of
/// fields it remembers.
/// </summary>
public abstract partial class Http2Session
{
    /// <summary>The windows of a new connection and its streams (RFC 9113 section 6.9.2).</summary>
    protected const int DefaultWindow = 65_535;

    private const int MaxWindow = int.MaxValue;

    private readonly IHttp2Handler _handler;
    private readonly Http2Workspace _workspace;
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder;
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly ClosedStreams _closed = new();
    private readonly List<Http2Stream> _recycled = [];
    private GlitchBudget _budget;
    private long _now;

    // A frame that was cut, without the data of DATA frames.
    private byte[] _cut = [];
    private int _cutLength;

    // A head in several frames.
    private byte[] _block = [];
    private int _blockLength;
    private int _blockStream;
    private int _blockFrames;
    private bool _blockEnds;

    // A DATA frame under way. Its stream is null when nobody wants the data.
    private Http2Stream? _data;
    private int _dataLeft;
    private int _paddingLeft;
    private bool _dataEnds;

    private protected Http2Session(Http2Limits limits, IHttp2Handler handler, Http2Workspace workspace)
    {
        Limits = limits;
        _handler = handler;
        _workspace = workspace;
        _decoder = new HpackDecoder(HpackDecoder.DefaultTableSize);
        _encoder = new HpackEncoder(Math.Min(HpackDecoder.DefaultTableSize, limits.EncoderTableBytes));
        _budget = new GlitchBudget(limits);
    }

    /// <summary>What this side has written and nobody has sent. Call <see cref="Flush"/> after some of it was sent.</summary>
    public ByteQueue Output { get; } = new();

    /// <summary>True after an error of the connection: send what is in <see cref="Output"/>, then close. All streams have been closed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Why the connection failed.</summary>
    public Http2ErrorCode FailureCode { get; private set; }

    /// <summary>What the peer was told about the failure; empty when there was none.</summary>
    public string FailureReason { get; private set; } = "";

    /// <summary>True once the peer's settings are there; a client that opens streams before may open more than the server takes.</summary>
    public bool SettingsReceived { get; private set; }

    /// <summary>Streams that are open.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>Points the peer has for needless work now; see <see cref="Http2Limits"/>.</summary>
    public int Points => _budget.Points;

    /// <summary>True while a <see cref="Ping"/> has no answer.</summary>
    public bool AwaitsPong { get; private set; }

    private protected Http2Limits Limits { get; }

    private protected IHttp2Handler Handler => _handler;

    private protected ClosedStreams ClosedStreams => _closed;

    // The highest stream of the peer that this side acts or acted on, as GOAWAY tells it.
    private protected abstract int LastStream { get; }

    /// <summary>Takes bytes that arrived, all of them.</summary>
    /// <param name="bytes">In any portions.</param>
    /// <param name="now">Milliseconds of a clock that never goes back, for the fading of points.</param>
    public void Receive(ReadOnlySpan<byte> bytes, long now)
    {
        _now = now;
        Recycle();
        while (!Failed && !bytes.IsEmpty)
        {
            bytes = bytes[TakePart(bytes)..];
        }

        if (Output.Length > Limits.MaxOutputBytes)
        {
            Fail(Http2ErrorCode.EnhanceYourCalm, "answers are asked for and not read");
        }
    }

    /// <summary>Asks for a sign of life; <see cref="AwaitsPong"/> says whether one came.</summary>
    public void Ping()
    {
        AwaitsPong = true;
        WritePing(FrameFlags.None, LivenessPing);
    }

    /// <summary>The transport is gone, or is to be closed at once: ends all streams and frees what the connection owned.</summary>
    public void Abort()
    {
        if (!Failed)
        {
            Failed = true;
            EndStreams(Http2ErrorCode.Cancel);
        }

        Output.Clear();
        ReturnBuffers();
        Recycle();
    }

    /// <summary>Ends the connection for an error: tells the peer by GOAWAY, resets all streams.</summary>
    public void Fail(Http2ErrorCode code, string reason)
    {
        if (Failed)
        {
            return;
        }

        Failed = true;
        FailureCode = code;
        FailureReason = reason;
        WriteGoAway(LastStream, code, reason);
        EndStreams(code);
        ReturnBuffers();
    }

    // Whether a stream was never begun: frames for it are errors of the connection.
    private protected abstract bool IsIdle(int id);

    // A whole head for a stream without one, or for one that is closed.
    private protected abstract void OnHeadBlock(int id, bool ends, Http2Head head);

    private protected virtual int TakePreface(ReadOnlySpan<byte> bytes) => 0;

    private protected virtual void OnGoAway(int lastStream, Http2ErrorCode code)
    {
    }

    private protected virtual void OnDrainPong()
    {
    }

    private protected virtual void OnPeerStreams(uint max)
    {
    }

    private protected virtual bool OnPeerConnectProtocol(bool enabled) => true;

    private protected Http2Stream? Find(int id) => _streams.GetValueOrDefault(id);

    private protected Http2Stream BeginStream(int id)
    {
        var stream = _workspace.Take();
        stream.Begin(id, Limits.StreamWindowBytes, _peerStreamWindow);
        _streams.Add(id, stream);
        return stream;
    }

    // The peer makes needless work.
    private protected void Charge(int points)
    {
        if (!_budget.Charge(points, _now))
        {
            Fail(Http2ErrorCode.EnhanceYourCalm, "too many resets, empty frames or frames that want answers");
        }
    }

    // The peer broke a rule of one stream.
    private protected void Fault(Http2Stream stream, Http2ErrorCode code)
    {
        WriteReset(stream.Id, code);
        _handler.OnReset(stream, code, unprocessed: false);
        Close(stream, StreamEnd.ResetHere);
        Charge(Limits.ResetPoints);
    }

    // The same, for a stream nobody knows of.
    private protected void Fault(int id, Http2ErrorCode code)
    {
        WriteReset(id, code);
        _closed.Add(id, StreamEnd.ResetHere);
        Charge(Limits.ResetPoints);
    }

    // The peer did nothing for these streams, or ended them.
    private protected void EndStream(Http2Stream stream, Http2ErrorCode code, bool unprocessed)
    {
        if (!stream.Closed)
        {
            _handler.OnReset(stream, code, unprocessed);
            Close(stream, StreamEnd.ResetByPeer);
        }
    }

    private protected IEnumerable<Http2Stream> StreamsAbove(int id)
    {
        // A copy: ending streams changes the table. Only when a connection ends.
        foreach (var stream in _streams.Values.ToArray())
        {
            if (stream.Id > id)
            {
                yield return stream;
            }
        }
    }

    private protected void EndRemote(Http2Stream stream, Http2Head? trailers)
    {
        stream.RemoteEnded = true;
        _handler.OnEnd(stream, trailers);
        CloseWhenDone(stream);
    }

    private void CloseWhenDone(Http2Stream stream)
    {
        if (!stream.Closed && stream.RemoteEnded && stream.EndWritten)
        {
            _budget.Work();
            Close(stream, StreamEnd.Done);
        }
    }

    private void Close(Http2Stream stream, StreamEnd how)
    {
        if (stream.Closed)
        {
            return;
        }

        stream.Closed = true;
        _streams.Remove(stream.Id);
        _closed.Add(stream.Id, how);
        if (_data == stream)
        {
            _data = null;
        }

        TellConnection(stream.Untaken);
        stream.Abandon();
        _handler.OnStreamClosed(stream);
        if (!stream.Queued)
        {
            _recycled.Add(stream);
        }
    }

    // Closed streams are used again only now, when no caller can still hold one; those that wait in the queue when their turn has come, too.
    private void Recycle()
    {
        foreach (var stream in _recycled)
        {
            _workspace.Return(stream);
        }

        _recycled.Clear();
    }

    private void EndStreams(Http2ErrorCode code)
    {
        foreach (var stream in StreamsAbove(0))
        {
            EndStream(stream, code, unprocessed: false);
        }
    }

    private void ReturnBuffers()
    {
        Return(ref _cut);
        Return(ref _block);
        _cutLength = 0;
        _blockLength = 0;
        _data = null;
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    // Copies bytes behind those a rented buffer has.
    private static void Keep(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length - length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(64, Math.Max(2 * length, length + bytes.Length)));
            buffer.AsSpan(0, length).CopyTo(larger);
            Return(ref buffer);
            buffer = larger;
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void WriteGoAway(int lastStream, Http2ErrorCode code, string reason)
    {
        WriteFrameHeader(new FrameHeader(8 + reason.Length, FrameType.GoAway, FrameFlags.None, 0));
        var room = Output.Room(8 + reason.Length);
        BinaryPrimitives.WriteInt32BigEndian(room, lastStream);
        BinaryPrimitives.WriteUInt32BigEndian(room[4..], (uint)code);
        Output.Written(8 + Encoding.ASCII.GetBytes(reason, room[8..]));
    }
}
