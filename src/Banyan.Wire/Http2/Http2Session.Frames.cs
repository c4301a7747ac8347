using System.Buffers.Binary;

namespace Banyan.Wire.Http2;

/// <content>What arrives: from bytes to frames, from frames to events.</content>
public abstract partial class Http2Session
{
    /// <summary>What PINGs carry, to tell their answers apart: those that ask for a sign of life, and those that end the first phase of draining.</summary>
    private protected const ulong LivenessPing = 0x62616e79616e0001;

    private protected const ulong DrainPing = 0x62616e79616e0002;

    private const int PriorityLength = 5;
    private const int SettingLength = 6;

    private int TakePart(ReadOnlySpan<byte> bytes)
    {
        if (TakePreface(bytes) is > 0 and var taken)
        {
            return taken;
        }

        if (_dataLeft + _paddingLeft > 0)
        {
            return TakeData(bytes);
        }

        return _cutLength > 0 ? TakeCut(bytes) : TakeFrame(bytes);
    }

    private int TakeFrame(ReadOnlySpan<byte> bytes)
    {
        var size = SizeToTake(bytes);
        if (size > bytes.Length)
        {
            Keep(ref _cut, ref _cutLength, bytes);
            return bytes.Length;
        }

        OnFrame(FrameHeader.Read(bytes), bytes[FrameHeader.Size..size]);
        return size;
    }

    private int TakeCut(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (true)
        {
            var cut = _cut.AsSpan(0, _cutLength);
            var size = SizeToTake(cut);
            if (size <= _cutLength)
            {
                // Before the event: it may fail the connection, which returns the buffer.
                _cutLength = 0;
                OnFrame(FrameHeader.Read(cut), cut[FrameHeader.Size..size]);
                if (_cutLength == 0)
                {
                    Return(ref _cut);
                }

                return taken;
            }

            if (taken == bytes.Length)
            {
                return taken;
            }

            var count = Math.Min(size - _cutLength, bytes.Length - taken);
            Keep(ref _cut, ref _cutLength, bytes.Slice(taken, count));
            taken += count;
        }
    }

    // How many bytes must be there: frames are taken whole, of DATA only what stands before the data. One that is too long needs no more than its header.
    private static int SizeToTake(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameHeader.Size)
        {
            return FrameHeader.Size;
        }

        var header = FrameHeader.Read(bytes);
        var length = header switch
        {
            { Length: > FrameHeader.MaxLength } => 0,
            { Type: FrameType.Data, Length: > 0 } => header.Has(FrameFlags.Padded) ? 1 : 0,
            _ => header.Length,
        };
        return FrameHeader.Size + length;
    }

    private void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Length > FrameHeader.MaxLength)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a frame is larger than 16384 bytes");
            return;
        }

        if (_blockStream != 0 && (header.Type != FrameType.Continuation || header.StreamId != _blockStream))
        {
            Fail(Http2ErrorCode.ProtocolError, "a head was not continued");
            return;
        }

        if (!SettingsReceived && (header.Type != FrameType.Settings || header.Has(FrameFlags.Acknowledge)))
        {
            Fail(Http2ErrorCode.ProtocolError, "the first frame must be SETTINGS");
            return;
        }

        var ofStream = header.Type is FrameType.Data or FrameType.Headers or FrameType.Priority or FrameType.ResetStream or FrameType.Continuation;
        if ((ofStream && header.StreamId == 0) || (header.Type is FrameType.Settings or FrameType.Ping or FrameType.GoAway && header.StreamId != 0))
        {
            Fail(Http2ErrorCode.ProtocolError, "a frame of this type does not belong to this stream");
            return;
        }

        switch (header.Type)
        {
            case FrameType.Data:
                OnDataFrame(header, payload);
                break;
            case FrameType.Headers:
                OnHeadersFrame(header, payload);
                break;
            case FrameType.Continuation:
                OnContinuationFrame(header, payload);
                break;
            case FrameType.Priority:
                OnPriorityFrame(header);
                break;
            case FrameType.ResetStream:
                OnResetFrame(header, payload);
                break;
            case FrameType.Settings:
                OnSettingsFrame(header, payload);
                break;
            case FrameType.PushPromise:
                Fail(Http2ErrorCode.ProtocolError, "push is not wanted");
                break;
            case FrameType.Ping:
                OnPingFrame(header, payload);
                break;
            case FrameType.GoAway:
                OnGoAwayFrame(header, payload);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdateFrame(header, payload);
                break;
            default:
                Charge(Limits.SmallPoints);
                break;
        }
    }

    private void OnDataFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var padded = header.Has(FrameFlags.Padded);
        if (padded && (header.Length == 0 || payload[0] >= header.Length))
        {
            Fail(Http2ErrorCode.ProtocolError, "padding is longer than its frame");
            return;
        }

        if (header.Length > _receiveWindow)
        {
            Fail(Http2ErrorCode.FlowControlError, "more data than the connection's window");
            return;
        }

        _receiveWindow -= header.Length;
        _paddingLeft = padded ? payload[0] : 0;
        _dataLeft = header.Length - _paddingLeft - payload.Length;
        _dataEnds = header.Has(FrameFlags.EndStream);
        _data = null;
        if (IsDataWelcome(header))
        {
            _data = Find(header.StreamId)!;
            _data.ReceiveWindow -= header.Length;
            if (_data.LengthLeft >= 0)
            {
                _data.LengthLeft -= _dataLeft;
            }

            _data.Untold += payload.Length + _paddingLeft;
        }

        TellConnection(payload.Length + _paddingLeft);
        if (_dataLeft == 0 && !_dataEnds)
        {
            Charge(Limits.EmptyPoints);
        }

        if (_dataLeft + _paddingLeft == 0)
        {
            EndData();
        }
    }

    private bool IsDataWelcome(FrameHeader header)
    {
        var id = header.StreamId;
        if (Find(id) is not { } stream)
        {
            if (IsIdle(id))
            {
                Fail(Http2ErrorCode.ProtocolError, "data for a stream that was never opened");
            }
            else if (_closed.Find(id) == StreamEnd.ResetHere)
            {
                Charge(Limits.SmallPoints);
            }
            else
            {
                Fault(id, Http2ErrorCode.StreamClosed);
            }

            return false;
        }

        var left = stream.LengthLeft - _dataLeft;
        Http2ErrorCode? fault = stream switch
        {
            { RemoteEnded: true } => Http2ErrorCode.StreamClosed,
            { HeadReceived: false } => Http2ErrorCode.ProtocolError,
            _ when header.Length > stream.ReceiveWindow => Http2ErrorCode.FlowControlError,
            { LengthLeft: >= 0 } when left < 0 || (_dataEnds && left > 0) => Http2ErrorCode.ProtocolError,
            _ => null,
        };
        if (fault is not { } code)
        {
            return true;
        }

        Fault(stream, code);
        return false;
    }

    private int TakeData(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(_dataLeft, bytes.Length);
        if (count > 0)
        {
            _dataLeft -= count;
            if (_data is { } stream)
            {
                stream.Untaken += count;
                _handler.OnData(stream, bytes[..count]);
            }
            else
            {
                TellConnection(count);
            }
        }

        var padding = Math.Min(_paddingLeft, bytes.Length - count);
        _paddingLeft -= padding;
        if (_dataLeft + _paddingLeft == 0)
        {
            EndData();
        }

        return count + padding;
    }

    private void EndData()
    {
        var stream = _data;
        _data = null;
        if (_dataEnds && stream is { Closed: false })
        {
            EndRemote(stream, null);
        }
    }

    private void OnHeadersFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var before = header.Has(FrameFlags.Padded) ? 1 : 0;
        var padding = before > 0 && payload.Length > 0 ? payload[0] : 0;
        before += header.Has(FrameFlags.Priority) ? PriorityLength : 0;
        if (payload.Length < before)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a HEADERS frame is cut");
            return;
        }

        if (payload.Length < before + padding)
        {
            Fail(Http2ErrorCode.ProtocolError, "padding is longer than its frame");
            return;
        }

        var block = payload[before..^padding];
        var ends = header.Has(FrameFlags.EndStream);
        if (header.Has(FrameFlags.EndHeaders))
        {
            OnBlock(header.StreamId, ends, block);
            return;
        }

        _blockStream = header.StreamId;
        _blockEnds = ends;
        _blockFrames = 0;
        Keep(ref _block, ref _blockLength, block);
    }

    private void OnContinuationFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (_blockStream == 0)
        {
            Fail(Http2ErrorCode.ProtocolError, "there is no head to continue");
            return;
        }

        if (++_blockFrames > Limits.MaxContinuations || _blockLength + payload.Length > Limits.MaxBlockBytes)
        {
            Fail(Http2ErrorCode.EnhanceYourCalm, "a head is too long");
            return;
        }

        Charge(Limits.EmptyPoints);
        if (Failed)
        {
            return;
        }

        Keep(ref _block, ref _blockLength, payload);
        if (header.Has(FrameFlags.EndHeaders))
        {
            _blockStream = 0;
            OnBlock(header.StreamId, _blockEnds, _block.AsSpan(0, _blockLength));
            _blockLength = 0;
            Return(ref _block);
        }
    }

    private void OnBlock(int id, bool ends, ReadOnlySpan<byte> block)
    {
        var head = _workspace.Head;
        head.Use(Limits);
        if (!_decoder.TryDecode(block, head))
        {
            Fail(Http2ErrorCode.CompressionError, "a head cannot be decoded");
            return;
        }

        if (Find(id) is not { } stream || (!stream.HeadReceived && !stream.RemoteEnded))
        {
            OnHeadBlock(id, ends, head);
        }
        else if (stream.RemoteEnded)
        {
            Fault(stream, Http2ErrorCode.StreamClosed);
        }
        else if (!ends || stream.LengthLeft > 0 || !HeadRules.AreTrailersValid(head))
        {
            // The second head must be the last (RFC 9113 section 8.1).
            Fault(stream, Http2ErrorCode.ProtocolError);
        }
        else
        {
            EndRemote(stream, head);
        }
    }

    // Nothing is made of priorities (RFC 9113 section 5.3.2).
    private void OnPriorityFrame(FrameHeader header)
    {
        if (header.Length == PriorityLength)
        {
            Charge(Limits.SmallPoints);
        }
        else if (Find(header.StreamId) is { } stream)
        {
            Fault(stream, Http2ErrorCode.FrameSizeError);
        }
        else
        {
            Fail(Http2ErrorCode.FrameSizeError, "a PRIORITY frame must have 5 bytes");
        }
    }

    private void OnResetFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a RST_STREAM frame must have 4 bytes");
        }
        else if (Find(header.StreamId) is { } stream)
        {
            // Who has the whole answer and sends no more of the request makes no needless work.
            if (!stream.EndWritten)
            {
                Charge(Limits.ResetPoints);
            }

            if (!stream.Closed)
            {
                var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
                EndStream(stream, code, unprocessed: code == Http2ErrorCode.RefusedStream);
            }
        }
        else if (IsIdle(header.StreamId))
        {
            Fail(Http2ErrorCode.ProtocolError, "a reset of a stream that was never opened");
        }
        else
        {
            Charge(Limits.SmallPoints);
        }
    }

    private void OnSettingsFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var acknowledges = header.Has(FrameFlags.Acknowledge);
        if (acknowledges ? payload.Length != 0 : payload.Length % SettingLength != 0)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a SETTINGS frame has a wrong size");
            return;
        }

        if (acknowledges)
        {
            return;
        }

        Charge((payload.Length / SettingLength) + (SettingsReceived ? Limits.AnswerPoints : 0));

        SettingsReceived = true;
        for (; payload.Length > 0 && !Failed; payload = payload[SettingLength..])
        {
            OnSetting((SettingId)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        if (!Failed)
        {
            WriteFrameHeader(new FrameHeader(0, FrameType.Settings, FrameFlags.Acknowledge, 0));
            Flush();
        }
    }

    private void OnSetting(SettingId id, uint value)
    {
        switch (id)
        {
            case SettingId.HeaderTableSize:
                _encoder.Resize((int)Math.Min(value, int.MaxValue));
                break;
            case SettingId.EnablePush when value > (this is Http2ServerSession ? 1u : 0u):
                Fail(Http2ErrorCode.ProtocolError, "ENABLE_PUSH has a wrong value");
                break;
            case SettingId.MaxConcurrentStreams:
                OnPeerStreams(value);
                break;
            case SettingId.InitialWindowSize:
                OnPeerStreamWindow(value);
                break;
            case SettingId.MaxFrameSize when value is < FrameHeader.MaxLength or > 0xff_ffff:
                Fail(Http2ErrorCode.ProtocolError, "MAX_FRAME_SIZE has a wrong value");
                break;
            case SettingId.EnableConnectProtocol when value > 1 || !OnPeerConnectProtocol(value == 1):
                Fail(Http2ErrorCode.ProtocolError, "ENABLE_CONNECT_PROTOCOL has a wrong value");
                break;
        }
    }

    private void OnPingFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a PING frame must have 8 bytes");
            return;
        }

        var opaque = BinaryPrimitives.ReadUInt64BigEndian(payload);
        if (!header.Has(FrameFlags.Acknowledge))
        {
            Charge(Limits.AnswerPoints);
            if (!Failed)
            {
                WritePing(FrameFlags.Acknowledge, opaque);
            }
        }
        else if (opaque == LivenessPing)
        {
            AwaitsPong = false;
        }
        else if (opaque == DrainPing)
        {
            OnDrainPong();
        }
    }

    private void OnGoAwayFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8)
        {
            Fail(Http2ErrorCode.FrameSizeError, "a GOAWAY frame must have 8 bytes");
            return;
        }

        Charge(Limits.SmallPoints);
        if (!Failed)
        {
            OnGoAway(BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]));
        }
    }
}
