using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http2;

/// <summary>
/// A request's field list of HTTP/2, checked field by field, and written as the head of HTTP/1.1 it means: what is written goes through <see cref="RequestParser"/>
/// like any other, so both versions follow one set of rules. Reused from request to request; not safe for concurrent use.
/// </summary>
/// <param name="capacity">Room for the list in bytes, names and values; 32 KiB by default.</param>
public sealed class Http2RequestHead(int capacity = 32 * 1024)
{
    private readonly byte[] _buffer = new byte[capacity];
    private readonly FieldTable _fields = new();
    private int _length;
    private Slice _method;
    private Slice _scheme;
    private Slice _authority;
    private Slice _path;
    private Slice _protocol;
    private Pseudo _seen;
    private long _contentLength = -1;

    [Flags]
    private enum Pseudo : byte
    {
        None = 0,
        Method = 1,
        Scheme = 2,
        Authority = 4,
        Path = 8,
        Protocol = 16,
    }

    /// <summary>True when this is an extended CONNECT (RFC 8441): written as a request to upgrade.</summary>
    public bool IsExtendedConnect => (_seen & Pseudo.Protocol) != 0;

    /// <summary>True when the scheme is https.</summary>
    public bool IsHttps => Of(_scheme).SequenceEqual("https"u8);

    /// <summary>The declared length of the body in bytes, which the data must have in the end; -1 when none is declared.</summary>
    public long ContentLength => _contentLength;

    /// <summary>Begins a new list.</summary>
    public void Reset()
    {
        _fields.Clear();
        _length = 0;
        _seen = Pseudo.None;
        _contentLength = -1;
        _method = _scheme = _authority = _path = _protocol = default;
    }

    /// <summary>Takes the next field of the list.</summary>
    public Http2Fault Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!Http2Names.IsValue(value))
        {
            return Http2Fault.ValueInvalid;
        }

        if (_length + name.Length + value.Length > _buffer.Length)
        {
            return Http2Fault.TooLarge;
        }

        if (!name.IsEmpty && name[0] == ':')
        {
            return AddPseudo(name, value);
        }

        if (!Http2Names.IsName(name))
        {
            return Http2Fault.NameInvalid;
        }

        var id = FieldNames.Identify(name);
        if (Http2Names.IsConnection(id))
        {
            return Http2Fault.ConnectionField;
        }

        if (id == FieldId.Te && !value.SequenceEqual("trailers"u8))
        {
            return Http2Fault.TeInvalid;
        }

        if (id == FieldId.ContentLength && (_fields.Has(id) || !Grammar.TryReadNumber(value, out _contentLength)))
        {
            return Http2Fault.ContentLengthInvalid;
        }

        var named = Keep(name);
        var valued = Keep(value);
        _fields.Add(named.Start, named.Length, valued.Start, valued.Length, id);
        return Http2Fault.None;
    }

    /// <summary>Checks what only the whole list shows.</summary>
    /// <param name="endsStream">True when no body follows.</param>
    public Http2Fault End(bool endsStream)
    {
        var isConnect = Of(_method).SequenceEqual("CONNECT"u8);
        var needed = isConnect && !IsExtendedConnect ? Pseudo.Method | Pseudo.Authority : Pseudo.Method | Pseudo.Scheme | Pseudo.Path;
        var forbidden = isConnect && !IsExtendedConnect ? Pseudo.Scheme | Pseudo.Path : isConnect ? Pseudo.None : Pseudo.Protocol;
        if ((_seen & needed) != needed || (_seen & forbidden) != 0)
        {
            return Http2Fault.PseudoMissing;
        }

        if (_fields.IsRepeated(FieldId.Host))
        {
            return Http2Fault.HostMismatch;
        }

        var host = _fields.Value(_buffer, FieldId.Host);
        if (!_authority.IsEmpty && _fields.Has(FieldId.Host) && !Ascii.EqualsIgnoreCase(host, Of(_authority)))
        {
            return Http2Fault.HostMismatch;
        }

        return endsStream && _contentLength > 0 ? Http2Fault.ContentLengthInvalid : Http2Fault.None;
    }

    /// <summary>
    /// Writes the head of HTTP/1.1. Crumbs of Cookie are joined (RFC 9113 section 8.2.3); a body without a length is sent in chunks; an extended CONNECT becomes GET
    /// with Upgrade.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="endsStream">True when no body follows.</param>
    /// <param name="key">For an extended CONNECT to websocket, a fresh key: the answer must hold what it asks for, and is checked against it.</param>
    public void Write(ref HeadWriter writer, bool endsStream, scoped ReadOnlySpan<byte> key = default)
    {
        var authority = _authority.IsEmpty ? _fields.Value(_buffer, FieldId.Host) : Of(_authority);
        writer.RequestLine(IsExtendedConnect ? "GET"u8 : Of(_method), _path.IsEmpty ? authority : Of(_path));
        writer.Field("Host"u8, authority);
        WriteFraming(ref writer, endsStream, key);
        WriteCookies(ref writer);
        if (_fields.Has(FieldId.Te))
        {
            // A field of the connection in HTTP/1.1, and so marked; what it says goes on.
            writer.Field("TE"u8, "trailers"u8);
        }

        writer.Fields(_buffer, _fields, FieldSet.Of(FieldId.Host, FieldId.Cookie, FieldId.ContentLength, FieldId.SecWebSocketKey));
        writer.End();
    }

    private Http2Fault AddPseudo(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_fields.Count > 0)
        {
            return Http2Fault.PseudoLate;
        }

        var (pseudo, valid) = name.Length switch
        {
            7 when name.SequenceEqual(":method"u8) => (Pseudo.Method, Grammar.IsToken(value)),
            7 when name.SequenceEqual(":scheme"u8) => (Pseudo.Scheme, value.SequenceEqual("http"u8) || value.SequenceEqual("https"u8)),
            5 when name.SequenceEqual(":path"u8) => (Pseudo.Path, IsPath(value)),
            10 when name.SequenceEqual(":authority"u8) => (Pseudo.Authority, Authority.TryRead(value, out _)),
            9 when name.SequenceEqual(":protocol"u8) => (Pseudo.Protocol, Grammar.IsToken(value)),
            _ => (Pseudo.None, false),
        };
        if (pseudo == Pseudo.None)
        {
            return Http2Fault.PseudoUnknown;
        }

        if (!valid)
        {
            return Http2Fault.PseudoInvalid;
        }

        if ((_seen & pseudo) != 0)
        {
            return Http2Fault.PseudoRepeated;
        }

        _seen |= pseudo;
        var kept = Keep(value);
        switch (pseudo)
        {
            case Pseudo.Method:
                _method = kept;
                break;
            case Pseudo.Scheme:
                _scheme = kept;
                break;
            case Pseudo.Path:
                _path = kept;
                break;
            case Pseudo.Authority:
                _authority = kept;
                break;
            case Pseudo.Protocol:
                _protocol = kept;
                break;
        }

        return Http2Fault.None;
    }

    // A path with an optional query, or the asterisk; whether that fits the method is the parser's rule.
    private static bool IsPath(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && (value[0] == '/' || value.SequenceEqual("*"u8)) && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    private void WriteFraming(ref HeadWriter writer, bool endsStream, scoped ReadOnlySpan<byte> key)
    {
        if (IsExtendedConnect)
        {
            writer.Field("Connection"u8, "Upgrade"u8);
            writer.Field("Upgrade"u8, Of(_protocol));
            if (!key.IsEmpty)
            {
                writer.Field("Sec-WebSocket-Key"u8, key);
            }
        }
        else if (_contentLength >= 0)
        {
            writer.Field("Content-Length"u8, _contentLength);
        }
        else if (!endsStream)
        {
            writer.Field("Transfer-Encoding"u8, "chunked"u8);
        }
    }

    private void WriteCookies(ref HeadWriter writer)
    {
        var crumb = _fields.Find(FieldId.Cookie);
        if (crumb < 0)
        {
            return;
        }

        writer.BeginField("Cookie"u8);
        for (var first = true; crumb >= 0; crumb = _fields.Find(FieldId.Cookie, crumb + 1), first = false)
        {
            writer.Value(first ? default : "; "u8);
            writer.Value(Of(_fields[crumb].Value));
        }

        writer.EndField();
    }

    private Slice Keep(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        var kept = new Slice(_length, bytes.Length);
        _length += bytes.Length;
        return kept;
    }

    private ReadOnlySpan<byte> Of(Slice slice) => slice.Of(_buffer);
}
