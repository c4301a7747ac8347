using System.Buffers.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Http2;

/// <summary>
/// Heads, data and ends of HTTP/2 as HTTP/1.1 writes them, and back (RFC 9113 section 8; RFC 8441 section 5 for WebSocket). What is written was checked by a session
/// or a parser before.
/// </summary>
public static class Http1Text
{
    private static readonly FieldSet WrittenAnew = FieldSet.Of(FieldId.Cookie, FieldId.ContentLength, FieldId.Te, FieldId.Http2Settings);

    /// <summary>The request of a stream as a head of HTTP/1.1, for a connection that ends with it.</summary>
    /// <param name="to">Where to write.</param>
    /// <param name="head">A checked request.</param>
    /// <param name="ended">True when no body follows.</param>
    /// <returns>True when the body is to be written in chunks.</returns>
    public static bool WriteRequest(ByteQueue to, Http2Head head, bool ended)
    {
        var bytes = head.Bytes;
        var fields = head.Fields;
        var tunnel = !head.Protocol.IsEmpty;
        to.Append(tunnel ? "GET"u8 : head.Method.Of(bytes));
        to.Append(" "u8);
        to.Append(head.Path.IsEmpty ? head.Authority.Of(bytes) : head.Path.Of(bytes));
        to.Append(" HTTP/1.1\r\nHost: "u8);
        to.Append(head.Authority.Of(bytes));
        to.Append("\r\n"u8);
        WriteFields(to, bytes, fields, tunnel ? WrittenAnew | FieldSet.Of(FieldId.SecWebSocketKey) : WrittenAnew);
        WriteCookies(to, bytes, fields);
        if (tunnel)
        {
            // The key proves to nobody here that the answer is meant: the stream itself does. The answer's check ends here, too.
            to.Append("Connection: Upgrade\r\nUpgrade: "u8);
            to.Append(head.Protocol.Of(bytes));
            to.Append("\r\nSec-WebSocket-Key: YmFueWFuIG92ZXIgaHR0cA==\r\n\r\n"u8);
            return false;
        }

        to.Append(fields.Has(FieldId.Te) ? "Connection: close, TE\r\nTE: trailers\r\n"u8 : "Connection: close\r\n"u8);
        var chunked = WriteFraming(to, head.ContentLength, ended, head.Method.Of(bytes) is [(byte)'P', ..]);
        to.Append("\r\n"u8);
        return chunked;
    }

    /// <summary>The answer on a stream as a head of HTTP/1.1.</summary>
    /// <param name="to">Where to write.</param>
    /// <param name="head">A checked answer, interim or final.</param>
    /// <param name="ended">True when no body follows.</param>
    /// <param name="bodiless">True when the request was HEAD.</param>
    /// <returns>True when the body is to be written in chunks.</returns>
    public static bool WriteAnswer(ByteQueue to, Http2Head head, bool ended, bool bodiless)
    {
        var bytes = head.Bytes;
        to.Append("HTTP/1.1 "u8);
        var room = to.Room(3);
        Utf8Formatter.TryFormat(head.Status, room, out var written);
        to.Written(written);
        to.Append(" \r\n"u8);
        WriteFields(to, bytes, head.Fields, WrittenAnew);
        WriteCookies(to, bytes, head.Fields);
        var chunked = false;
        if (bodiless || head.Status == 304)
        {
            if (head.ContentLength >= 0)
            {
                WriteLength(to, head.ContentLength);
            }
        }
        else if (head.Status is >= 200 and not 204)
        {
            chunked = WriteFraming(to, head.ContentLength, ended, sayZero: true);
        }

        to.Append("\r\n"u8);
        return chunked;
    }

    /// <summary>A piece of data as a chunk.</summary>
    public static void WriteChunk(ByteQueue to, ReadOnlySpan<byte> data)
    {
        to.Written(ChunkedWriter.WriteHead(to.Room(ChunkedWriter.MaxHeadLength), data.Length));
        to.Append(data);
        to.Append(ChunkedWriter.DataEnd);
    }

    /// <summary>The end of a body in chunks, with its trailers.</summary>
    public static void WriteLastChunk(ByteQueue to, Http2Head? trailers)
    {
        if (trailers is null)
        {
            to.Append(ChunkedWriter.End);
            return;
        }

        to.Append("0\r\n"u8);
        var bytes = trailers.Bytes;
        var fields = trailers.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            if (!fields[i].IsHop)
            {
                WriteLine(to, fields[i].Name.Of(bytes), fields[i].Value.Of(bytes));
            }
        }

        to.Append("\r\n"u8);
    }

    /// <summary>Sends a parsed answer of HTTP/1.1 as a head of HTTP/2; 101 becomes 200 (RFC 8441 section 5).</summary>
    /// <param name="session">Where to.</param>
    /// <param name="stream">The request's stream.</param>
    /// <param name="bytes">What the head was parsed from.</param>
    /// <param name="head">The head.</param>
    /// <param name="endStream">True when no body follows.</param>
    public static void SendAnswer(Http2ServerSession session, Http2Stream stream, ReadOnlySpan<byte> bytes, ResponseHead head, bool endStream)
    {
        session.BeginHead(stream, head.Status == 101 ? 200 : head.Status);
        var fields = head.Fields;

        // A length of nothing says nothing, and gRPC's clients do not expect one beside the status.
        var skip = endStream && head.ContentLength == 0 && fields.Has(FieldId.ContentType) ? FieldSet.Of(FieldId.ContentLength) : default;
        skip |= head.Status == 101 ? FieldSet.Of(FieldId.SecWebSocketAccept) : default;
        SendFields(session, bytes, fields, skip);
        session.EndHead(endStream);
    }

    /// <summary>Sends a parsed request of HTTP/1.1 as a head of HTTP/2.</summary>
    /// <param name="session">Where to.</param>
    /// <param name="stream">Newly opened.</param>
    /// <param name="bytes">What the head was parsed from.</param>
    /// <param name="head">The head, in origin form.</param>
    /// <param name="secure">True for https.</param>
    /// <param name="endStream">True when no body follows.</param>
    public static void SendRequest(Http2ClientSession session, Http2Stream stream, ReadOnlySpan<byte> bytes, RequestHead head, bool secure, bool endStream)
    {
        session.BeginHead(stream, head.MethodText.Of(bytes), secure, head.Authority.Of(bytes), head.Target.Of(bytes));
        SendFields(session, bytes, head.Fields, FieldSet.Of(FieldId.Host));
        if (head.AcceptsTrailers)
        {
            session.Field("te"u8, "trailers"u8, FieldId.Te);
        }

        session.EndHead(endStream);
    }

    private static void SendFields(Http2Session session, ReadOnlySpan<byte> bytes, FieldTable fields, FieldSet skip)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (!field.IsHop && !skip.Contains(field.Id))
            {
                session.Field(field.Name.Of(bytes), field.Value.Of(bytes), field.Id);
            }
        }
    }

    private static bool WriteFraming(ByteQueue to, long length, bool ended, bool sayZero)
    {
        if (length >= 0 || (ended && sayZero))
        {
            WriteLength(to, Math.Max(0, length));
        }
        else if (!ended)
        {
            to.Append("Transfer-Encoding: chunked\r\n"u8);
            return true;
        }

        return false;
    }

    private static void WriteLength(ByteQueue to, long length)
    {
        to.Append("Content-Length: "u8);
        Utf8Formatter.TryFormat(length, to.Room(20), out var written);
        to.Written(written);
        to.Append("\r\n"u8);
    }

    private static void WriteFields(ByteQueue to, ReadOnlySpan<byte> bytes, FieldTable fields, FieldSet skip)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (!field.IsHop && !skip.Contains(field.Id))
            {
                WriteLine(to, field.Name.Of(bytes), field.Value.Of(bytes));
            }
        }
    }

    // Crumbs of one field are one line again (RFC 9113 section 8.2.3).
    private static void WriteCookies(ByteQueue to, ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        var first = fields.Find(FieldId.Cookie);
        if (first < 0)
        {
            return;
        }

        to.Append("Cookie: "u8);
        for (var i = first; i >= 0; i = fields.Find(FieldId.Cookie, i + 1))
        {
            to.Append(i == first ? default : "; "u8);
            to.Append(fields[i].Value.Of(bytes));
        }

        to.Append("\r\n"u8);
    }

    private static void WriteLine(ByteQueue to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var writer = new HeadWriter(to.Room(name.Length + value.Length + 4));
        writer.Line(name, value);
        to.Written(writer.Length);
    }
}
