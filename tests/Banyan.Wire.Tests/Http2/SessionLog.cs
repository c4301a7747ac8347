using System.Buffers.Binary;
using System.Text;
using Banyan.Wire.Http2;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Tests.Http2;

/// <summary>What happened on a session and what it sent, in one list of short lines: events in lower case, frames in upper case.</summary>
internal sealed class SessionLog : IHttp2Handler
{
    private readonly HpackDecoder _decoder = new(4096);
    private readonly Http2Head _head = new();
    private readonly List<string> _lines = [];

    public Dictionary<int, Http2Stream> Streams { get; } = [];

    /// <summary>True: data are given back at once.</summary>
    public bool Takes { get; set; } = true;

    public Http2Session Session { get; set; } = null!;

    /// <summary>True: what streams that are closed did is told, too.</summary>
    public bool TellsClosed { get; set; }

    /// <summary>Called with each head.</summary>
    public Action<Http2Head>? OnHeadOf { get; set; }

    /// <summary>Called with trailers.</summary>
    public Action<Http2Head>? OnTrailersOf { get; set; }

    public string Heads { get; private set; } = "";

    public void OnHead(Http2Stream stream, Http2Head head)
    {
        Streams[stream.Id] = stream;
        Heads = HpackDecoderTests.Describe(head);
        _lines.Add(head.Status == 0 ? $"head {stream.Id}" : $"head {stream.Id} {head.Status}");
        OnHeadOf?.Invoke(head);
    }

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data)
    {
        // Portions do not matter.
        var line = $"data {stream.Id} ";
        var last = _lines.Count > 0 && _lines[^1].StartsWith(line, StringComparison.Ordinal) ? int.Parse(_lines[^1].AsSpan(line.Length)) : 0;
        if (last > 0)
        {
            _lines.RemoveAt(_lines.Count - 1);
        }

        _lines.Add($"{line}{last + data.Length}");
        if (Takes)
        {
            Session.Consumed(stream, data.Length);
        }
    }

    public void OnEnd(Http2Stream stream, Http2Head? trailers)
    {
        _lines.Add(trailers is null ? $"end {stream.Id}" : $"trailers {stream.Id}");
        if (trailers is not null)
        {
            OnTrailersOf?.Invoke(trailers);
        }
    }

    public void OnDrained(Http2Stream stream) => _lines.Add($"drained {stream.Id}");

    public void OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed) => _lines.Add($"reset {stream.Id} {code}{(unprocessed ? " unprocessed" : "")}");

    public void OnStreamClosed(Http2Stream stream)
    {
        Streams.Remove(stream.Id);
        if (TellsClosed)
        {
            _lines.Add($"closed {stream.Id}");
        }
    }

    /// <summary>Takes what the session wants to send.</summary>
    public void TakeOutput()
    {
        var bytes = Session.Output.Bytes.ToArray();
        Session.Output.Sent(bytes.Length);
        if (bytes.AsSpan().StartsWith(Http2ServerSession.Preface))
        {
            bytes = bytes[Http2ServerSession.Preface.Length..];
        }

        while (bytes.Length > 0)
        {
            var header = FrameHeader.Read(bytes);
            _lines.Add(Describe(header, bytes.AsSpan(FrameHeader.Size, header.Length)));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
        }
    }

    public void Clear() => _lines.Clear();

    public override string ToString() => string.Join("; ", _lines);

    private string Describe(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var ends = header.Has(FrameFlags.EndStream) ? " ES" : "";
        switch (header.Type)
        {
            case FrameType.Data:
                return $"DATA {header.StreamId} {payload.Length}{ends}";
            case FrameType.Headers when header.Has(FrameFlags.EndHeaders):
                return _decoder.TryDecode(payload, _head) ? $"HEADERS {header.StreamId} {HpackDecoderTests.Describe(_head)}{ends}" : "HEADERS that cannot be decoded";
            case FrameType.Headers or FrameType.Continuation:
                return $"{header.Type} {header.StreamId} {payload.Length}{ends}";
            case FrameType.ResetStream:
                return $"RST {header.StreamId} {(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload)}";
            case FrameType.Settings:
                return header.Has(FrameFlags.Acknowledge) ? "SETTINGSACK" : $"SETTINGS {payload.Length / 6}";
            case FrameType.Ping:
                return header.Has(FrameFlags.Acknowledge) ? "PONG" : "PING";
            case FrameType.GoAway:
                return $"GOAWAY {BinaryPrimitives.ReadInt32BigEndian(payload)} {(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..])}";
            case FrameType.WindowUpdate:
                return $"WINDOW {header.StreamId} {BinaryPrimitives.ReadInt32BigEndian(payload)}";
            default:
                return $"FRAME {(int)header.Type} {Encoding.ASCII.GetString(payload)}";
        }
    }
}
