using System.Buffers.Binary;

namespace Banyan.Wire.Http2;

/// <content>Flow control, both ways (RFC 9113 section 5.2).</content>
public abstract partial class Http2Session
{
    private long _sendWindow = DefaultWindow;
    private long _peerStreamWindow = DefaultWindow;
    private int _receiveWindow = DefaultWindow;

    // Taken or thrown away, and the peer not yet told.
    private int _untold;

    /// <summary>Data of <see cref="IHttp2Handler.OnData"/> were taken: the peer may send as many again.</summary>
    /// <param name="stream">The stream; nothing happens when it is closed.</param>
    /// <param name="count">Bytes.</param>
    public void Consumed(Http2Stream stream, int count)
    {
        if (stream.Closed)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)stream.Untaken);
        stream.Untaken -= count;
        stream.Untold += count;
        if (!stream.RemoteEnded && stream.Untold >= Limits.StreamWindowBytes / 2)
        {
            WriteWindowUpdate(stream.Id, stream.Untold);
            stream.ReceiveWindow += stream.Untold;
            stream.Untold = 0;
        }

        TellConnection(count);
    }

    // Makes the window of a new connection as large as the limits say.
    private protected void WidenConnection()
    {
        if (Limits.ConnectionWindowBytes > DefaultWindow)
        {
            WriteWindowUpdate(0, Limits.ConnectionWindowBytes - DefaultWindow);
            _receiveWindow = Limits.ConnectionWindowBytes;
        }
    }

    private void TellConnection(int count)
    {
        _untold += count;
        if (_untold >= Math.Max(Limits.ConnectionWindowBytes, DefaultWindow) / 2 && !Failed)
        {
            WriteWindowUpdate(0, _untold);
            _receiveWindow += _untold;
            _untold = 0;
        }
    }

    private void OnWindowUpdateFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a WINDOW_UPDATE frame must have 4 bytes");
            return;
        }

        var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        Charge(Limits.SmallPoints);
        if (Failed)
        {
            return;
        }

        if (header.StreamId == 0)
        {
            _sendWindow += increment;
            if (increment == 0 || _sendWindow > MaxWindow)
            {
                Fail(increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError, "a WINDOW_UPDATE frame has a wrong increment");
                return;
            }
        }
        else if (Find(header.StreamId) is { } stream)
        {
            stream.SendWindow += increment;
            if (increment == 0 || stream.SendWindow > MaxWindow)
            {
                Fault(stream, increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError);
                return;
            }
        }
        else if (IsIdle(header.StreamId))
        {
            Fail(Http2ErrorCode.ProtocolError, "a window for a stream that was never opened");
            return;
        }

        Flush();
    }

    // Holds for streams that are there, too, and may make their windows negative (RFC 9113 section 6.9.2).
    private void OnPeerStreamWindow(uint size)
    {
        if (size > MaxWindow)
        {
            Fail(Http2ErrorCode.FlowControlError, "INITIAL_WINDOW_SIZE has a wrong value");
            return;
        }

        var change = size - _peerStreamWindow;
        _peerStreamWindow = size;
        foreach (var stream in _streams.Values)
        {
            stream.SendWindow += change;
            if (stream.SendWindow > MaxWindow)
            {
                Fail(Http2ErrorCode.FlowControlError, "INITIAL_WINDOW_SIZE makes a window too large");
                return;
            }
        }
    }

    private void WriteWindowUpdate(int id, int increment)
    {
        WriteFrameHeader(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, id));
        BinaryPrimitives.WriteInt32BigEndian(Output.Room(4), increment);
        Output.Written(4);
    }
}
