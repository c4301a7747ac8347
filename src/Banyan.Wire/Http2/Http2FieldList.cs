using System.Buffers.Text;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Http2;

/// <summary>
/// A head of HTTP/1.1 as the field list of HTTP/2 it means: pseudo-fields first, names in lower case, without what ends at this hop (RFC 9113 section 8.2).
/// Read it by <see cref="MoveNext"/>.
/// </summary>
public ref struct Http2FieldList
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly RequestHead? _request;
    private readonly ResponseHead? _answer;
    private readonly FieldTable _fields;
    private readonly Span<byte> _scratch;
    private readonly bool _https;
    private int _step;
    private int _index;

    /// <summary>The list of a request.</summary>
    /// <param name="bytes">What it was parsed from.</param>
    /// <param name="request">The head; not one of CONNECT in HTTP/1.1.</param>
    /// <param name="https">The scheme.</param>
    /// <param name="scratch">Room for one name in lower case; as long as the longest name may be.</param>
    public Http2FieldList(ReadOnlySpan<byte> bytes, RequestHead request, bool https, Span<byte> scratch)
    {
        _bytes = bytes;
        _request = request;
        _fields = request.Fields;
        _https = https;
        _scratch = scratch;
    }

    /// <summary>The list of an answer that is no switch of protocols: HTTP/2 has no 101.</summary>
    /// <param name="bytes">What it was parsed from.</param>
    /// <param name="answer">The head.</param>
    /// <param name="scratch">Room for one name in lower case; as long as the longest name may be.</param>
    public Http2FieldList(ReadOnlySpan<byte> bytes, ResponseHead answer, Span<byte> scratch)
    {
        if (answer.IsSwitch)
        {
            throw new ArgumentException("HTTP/2 has no 101. Answer an extended CONNECT with 200.", nameof(answer));
        }

        _bytes = bytes;
        _answer = answer;
        _fields = answer.Fields;
        _scratch = scratch;
    }

    /// <summary>The name of this field; valid until the next.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value of this field; valid until the next.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next field; false behind the last.</summary>
    public bool MoveNext() => (_request is null ? MoveToStatus() : MoveToPseudo(_request)) || MoveToField();

    private bool MoveToStatus()
    {
        if (_step++ > 0)
        {
            return false;
        }

        Utf8Formatter.TryFormat(_answer!.Status, _scratch, out var length);
        return Take(":status"u8, _scratch[..length]);
    }

    private bool MoveToPseudo(RequestHead request)
    {
        switch (_step++)
        {
            case 0:
                return Take(":method"u8, request.MethodText.Of(_bytes));
            case 1:
                return Take(":scheme"u8, _https ? "https"u8 : "http"u8);
            case 2 when !request.Authority.IsEmpty:
                return Take(":authority"u8, request.Authority.Of(_bytes));
            case 2:
                return MoveToPseudo(request);
            case 3:
                return Take(":path"u8, PathAndQuery(request));
            case 4 when request.AcceptsTrailers:
                return Take("te"u8, "trailers"u8);
            default:
                return false;
        }
    }

    private readonly ReadOnlySpan<byte> PathAndQuery(RequestHead request)
    {
        if (!request.Path.IsEmpty)
        {
            return new Slice(request.Path.Start, request.Target.End - request.Path.Start).Of(_bytes);
        }

        // An absolute target without a path: "/" and the query, or "*" with OPTIONS (RFC 9113 section 8.3.1).
        if (!request.HasQuery)
        {
            return request.IsServerWide ? "*"u8 : "/"u8;
        }

        var query = new Slice(request.Query.Start - 1, request.Query.Length + 1).Of(_bytes);
        _scratch[0] = (byte)'/';
        query.CopyTo(_scratch[1..]);
        return _scratch[..(query.Length + 1)];
    }

    private bool MoveToField()
    {
        for (; _index < _fields.Count; _index++)
        {
            ref readonly var field = ref _fields[_index];
            if (field.IsHop || (_request is not null && field.Id == FieldId.Host))
            {
                continue;
            }

            Ascii.ToLower(field.Name.Of(_bytes), _scratch, out var length);
            _index++;
            return Take(_scratch[..length], field.Value.Of(_bytes));
        }

        return false;
    }

    private bool Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name = name;
        Value = value;
        return true;
    }
}
