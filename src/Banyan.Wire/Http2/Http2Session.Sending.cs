using System.Buffers.Binary;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Http2;

/// <content>What is sent.</content>
public abstract partial class Http2Session
{
    private const int UsualName = 128;

    private readonly Queue<Http2Stream> _waiting = new();
    private Http2Stream? _headStream;
    private int _headMark;

    /// <summary>Adds a field to the head begun last.</summary>
    /// <param name="name">A token, in any case; it is written in lower case.</param>
    /// <param name="value">Without control bytes.</param>
    /// <param name="id">Which name it is, when it is a known one.</param>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, FieldId id)
    {
        var lower = name.Length <= UsualName ? stackalloc byte[UsualName] : new byte[name.Length];
        Ascii.ToLower(name, lower, out _);
        Output.Written(_encoder.Field(Output.Room(HpackEncoder.MaxSize(name.Length + value.Length)), lower[..name.Length], value, id));
    }

    /// <summary>Ends the head begun last. From the beginning to the end of a head nothing else may be written.</summary>
    /// <param name="endStream">True when nothing follows.</param>
    public void EndHead(bool endStream)
    {
        var stream = _headStream ?? throw new InvalidOperationException("No head was begun. Call BeginHead first.");
        _headStream = null;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        var length = Output.Length - _headMark - FrameHeader.Size;
        if (length <= FrameHeader.MaxLength)
        {
            new FrameHeader(length, FrameType.Headers, (byte)(flags | FrameFlags.EndHeaders), stream.Id).Write(Output.Since(_headMark));
        }
        else
        {
            SplitHead(stream.Id, flags);
        }

        if (endStream)
        {
            stream.LocalEnded = true;
            OnEndWritten(stream);
        }
    }

    /// <summary>
    /// Sends data of a body. What the peer does not take now waits in the stream; <see cref="Http2Stream.Waiting"/> says how much, and
    /// <see cref="IHttp2Handler.OnDrained"/> comes when it is gone. Who sends more meanwhile fills memory.
    /// </summary>
    /// <param name="stream">The stream; its head must have been sent. Nothing happens when it is closed.</param>
    /// <param name="data">May be empty.</param>
    /// <param name="endStream">True when nothing follows.</param>
    public void SendData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        if (stream.Closed)
        {
            return;
        }

        ThrowIfEnded(stream);
        stream.LocalEnded = endStream;
        if (stream.Waiting == 0)
        {
            var written = WriteData(stream, data, int.MaxValue, endStream);
            data = data[written..];
        }

        if (data.Length > 0)
        {
            stream.Wait(data);
            Enqueue(stream);
        }
    }

    /// <summary>Sends trailers, behind all data; nothing follows.</summary>
    /// <param name="stream">The stream; nothing happens when it is closed.</param>
    /// <param name="bytes">What the fields were parsed from.</param>
    /// <param name="trailers">The fields; those marked as ending here are left out. None at all end the stream by an empty DATA frame.</param>
    public void SendTrailers(Http2Stream stream, ReadOnlySpan<byte> bytes, FieldTable trailers)
    {
        if (stream.Closed)
        {
            return;
        }

        ThrowIfEnded(stream);
        stream.LocalEnded = true;
        if (stream.Waiting > 0)
        {
            stream.Trailers = TrailerText.Pack(bytes, trailers);
            return;
        }

        var any = false;
        for (var i = 0; i < trailers.Count; i++)
        {
            ref readonly var field = ref trailers[i];
            if (!field.IsHop)
            {
                if (!any)
                {
                    BeginHeadFrame(stream);
                    any = true;
                }

                Field(field.Name.Of(bytes), field.Value.Of(bytes), field.Id);
            }
        }

        if (any)
        {
            EndHead(endStream: true);
        }
        else
        {
            WriteData(stream, default, 0, endStream: true);
        }
    }

    /// <summary>Ends a stream at once, in both directions. No <see cref="IHttp2Handler.OnReset"/> follows.</summary>
    /// <param name="stream">The stream; nothing happens when it is closed.</param>
    /// <param name="code">Why.</param>
    public void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        if (!stream.Closed)
        {
            WriteReset(stream.Id, code);
            Close(stream, StreamEnd.ResetHere);
        }
    }

    /// <summary>
    /// This side wants no more of what the peer sends on a stream: once its own end is written, a stream that the peer has not ended is reset with NO_ERROR (RFC
    /// 9113 section 8.1).
    /// </summary>
    /// <param name="stream">A stream whose end was sent; nothing happens when it is closed.</param>
    public void Leave(Http2Stream stream)
    {
        stream.Left = true;
        if (!stream.Closed && stream.EndWritten)
        {
            Reset(stream, Http2ErrorCode.NoError);
        }
    }

    /// <summary>Writes what waits in the streams, as far as windows and <see cref="Http2Limits.OutputBytes"/> allow: one frame of each in turn.</summary>
    public void Flush()
    {
        for (var idle = 0; idle < _waiting.Count && _sendWindow > 0 && Output.Length < Limits.OutputBytes;)
        {
            var stream = _waiting.Dequeue();
            stream.Queued = false;
            if (stream.Closed)
            {
                _recycled.Add(stream);
                continue;
            }

            var written = WriteData(stream, stream.WaitingBytes, FrameHeader.MaxLength, stream.LocalEnded && stream.Trailers is null);
            if (stream.Closed)
            {
                idle = 0;
                continue;
            }

            stream.Written(written);
            if (stream.Waiting > 0)
            {
                idle = written > 0 ? 0 : idle + 1;
                Enqueue(stream);
                continue;
            }

            idle = 0;
            if (stream.Trailers is { } trailers)
            {
                stream.Trailers = null;
                BeginHeadFrame(stream);
                TrailerText.Unpack(trailers, this);
                EndHead(endStream: true);
            }
            else if (!stream.LocalEnded)
            {
                _handler.OnDrained(stream);
            }
        }
    }

    // Begins a HEADERS frame; its header is written when it ends.
    private protected void BeginHeadFrame(Http2Stream stream)
    {
        if (stream.Closed || (stream.LocalEnded && stream.EndWritten))
        {
            throw new InvalidOperationException($"Stream {stream.Id} has ended. Send heads before the end.");
        }

        stream.HeadSent = true;
        _headStream = stream;
        _headMark = Output.Length;
        Output.Room(FrameHeader.Size);
        Output.Written(FrameHeader.Size);
        Output.Written(_encoder.Begin(Output.Room(2 * HpackInteger.MaxSize)));
    }

    private protected void WriteIndexed(int index) => Output.Written(HpackEncoder.Indexed(Output.Room(HpackInteger.MaxSize), index));

    private protected void WritePlain(int index, ReadOnlySpan<byte> value) =>
        Output.Written(HpackEncoder.Plain(Output.Room(HpackEncoder.MaxSize(value.Length)), index, value));

    private protected void WriteRemembered(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Output.Written(_encoder.Field(Output.Room(HpackEncoder.MaxSize(name.Length + value.Length)), name, value, FieldId.Unknown));

    private protected void WriteFrameHeader(FrameHeader header)
    {
        header.Write(Output.Room(FrameHeader.Size));
        Output.Written(FrameHeader.Size);
    }

    private protected void WriteReset(int id, Http2ErrorCode code)
    {
        WriteFrameHeader(new FrameHeader(4, FrameType.ResetStream, FrameFlags.None, id));
        BinaryPrimitives.WriteUInt32BigEndian(Output.Room(4), (uint)code);
        Output.Written(4);
    }

    private protected void WritePing(byte flags, ulong opaque)
    {
        WriteFrameHeader(new FrameHeader(8, FrameType.Ping, flags, 0));
        BinaryPrimitives.WriteUInt64BigEndian(Output.Room(8), opaque);
        Output.Written(8);
    }

    private protected void WriteGoAway(int lastStream) => WriteGoAway(lastStream, Http2ErrorCode.NoError, "");

    private protected void WriteSettings(ReadOnlySpan<(SettingId Id, int Value)> settings)
    {
        WriteFrameHeader(new FrameHeader(settings.Length * SettingLength, FrameType.Settings, FrameFlags.None, 0));
        foreach (var (id, value) in settings)
        {
            var room = Output.Room(SettingLength);
            BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)id);
            BinaryPrimitives.WriteInt32BigEndian(room[2..], value);
            Output.Written(SettingLength);
        }
    }

    private static void ThrowIfEnded(Http2Stream stream)
    {
        if (stream.LocalEnded || !stream.HeadSent)
        {
            throw new InvalidOperationException($"Stream {stream.Id} has ended or has no head. Send the head first, and nothing after the end.");
        }
    }

    // Returns how many bytes were written, at most that many.
    private int WriteData(Http2Stream stream, ReadOnlySpan<byte> data, int most, bool endStream)
    {
        var written = 0;
        do
        {
            var left = data.Length - written;
            var allowed = Math.Min(Math.Min(_sendWindow, stream.SendWindow), Math.Min(Limits.OutputBytes - Output.Length, most - written));
            var count = (int)Math.Min(Math.Min(left, FrameHeader.MaxLength), Math.Max(0, allowed));
            var ends = endStream && count == left;
            if (count == 0 && !ends)
            {
                break;
            }

            WriteFrameHeader(new FrameHeader(count, FrameType.Data, ends ? FrameFlags.EndStream : FrameFlags.None, stream.Id));
            Output.Append(data.Slice(written, count));
            written += count;
            _sendWindow -= count;
            stream.SendWindow -= count;
            _budget.Work();
            if (ends)
            {
                // Nothing waits any more; what closing the stream frees must not be the bytes at hand.
                OnEndWritten(stream);
                break;
            }
        }
        while (written < data.Length && written < most);
        return written;
    }

    private void OnEndWritten(Http2Stream stream)
    {
        stream.EndWritten = true;
        CloseWhenDone(stream);
        if (stream.Left)
        {
            Reset(stream, Http2ErrorCode.NoError);
        }
    }

    private void Enqueue(Http2Stream stream)
    {
        if (!stream.Queued)
        {
            stream.Queued = true;
            _waiting.Enqueue(stream);
        }
    }

    // A head larger than one frame. Rare; its bytes are copied once.
    private void SplitHead(int id, byte flags)
    {
        ReadOnlySpan<byte> block = Output.Since(_headMark)[FrameHeader.Size..].ToArray();
        Output.CutBack(_headMark);
        var type = FrameType.Headers;
        while (true)
        {
            var count = Math.Min(block.Length, FrameHeader.MaxLength);
            var last = count == block.Length ? FrameFlags.EndHeaders : FrameFlags.None;
            WriteFrameHeader(new FrameHeader(count, type, (byte)(flags | last), id));
            Output.Append(block[..count]);
            block = block[count..];
            if (block.IsEmpty)
            {
                return;
            }

            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
    }
}
