using System.Buffers;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http2;

/// <summary>
/// What makes a head of HTTP/2 malformed (RFC 9113 sections 8.1 to 8.3, 8.5; RFC 8441 section 4). What passes can be written as HTTP/1.1 without becoming anything
/// else.
/// </summary>
internal static class HeadRules
{
    // A token without upper case (RFC 9113 section 8.2).
    private static readonly SearchValues<byte> LowerToken = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private static readonly FieldSet OfConnections =
        FieldSet.Of(FieldId.Connection, FieldId.KeepAlive, FieldId.ProxyConnection, FieldId.TransferEncoding, FieldId.Upgrade);

    /// <summary>A name that is a token in lower case, a value without control bytes and without blanks at its ends.</summary>
    public static bool IsFieldValid(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        !name.IsEmpty
        && !name.ContainsAnyExcept(LowerToken)
        && ControlScan.IndexOfControl(value) < 0
        && (value.IsEmpty || !(Grammar.IsBlank(value[0]) || Grammar.IsBlank(value[^1])));

    /// <summary>Decides about a request. When its authority is only in Host, takes it from there; Host itself ends here.</summary>
    /// <param name="head">The head.</param>
    /// <param name="ended">True when nothing follows the head.</param>
    /// <param name="connectProtocol">True when extended CONNECT was offered.</param>
    public static bool IsRequestValid(Http2Head head, bool ended, bool connectProtocol)
    {
        var bytes = head.Bytes;
        if (head.Malformed || !head.StatusText.IsEmpty || !Grammar.IsToken(head.Method.Of(bytes)) || !AreFieldsValid(head, ended))
        {
            return false;
        }

        if (!TryTakeHost(head))
        {
            return false;
        }

        var isConnect = head.Method.Of(bytes).SequenceEqual("CONNECT"u8);
        if (isConnect && head.Protocol.IsEmpty)
        {
            return head.Path.IsEmpty && head.Scheme.IsEmpty && !head.Authority.IsEmpty;
        }

        return (head.Protocol.IsEmpty || (isConnect && connectProtocol && Grammar.IsToken(head.Protocol.Of(bytes))))
            && head.Scheme.Of(bytes) is [(byte)'h', (byte)'t', (byte)'t', (byte)'p'] or [(byte)'h', (byte)'t', (byte)'t', (byte)'p', (byte)'s']
            && !head.Authority.IsEmpty
            && IsPathValid(head.Path.Of(bytes), head.Method.Of(bytes));
    }

    /// <summary>Decides about an answer, and reads its status.</summary>
    /// <param name="head">The head.</param>
    /// <param name="ended">True when nothing follows the head.</param>
    public static bool IsResponseValid(Http2Head head, bool ended)
    {
        var bytes = head.Bytes;
        var onlyStatus = head.Method.IsEmpty && head.Path.IsEmpty && head.Scheme.IsEmpty && head.Authority.IsEmpty && head.Protocol.IsEmpty;
        if (head.Malformed || !onlyStatus || head.StatusText.Length != 3 || !Grammar.TryReadNumber(head.StatusText.Of(bytes), out var status)
            || status is < 100 or > 599 or 101)
        {
            return false;
        }

        head.Status = (int)status;
        return (status >= 200 || !ended) && AreFieldsValid(head, ended: false);
    }

    /// <summary>Decides about trailers, and marks those that must not be passed on.</summary>
    public static bool AreTrailersValid(Http2Head head) =>
        !head.Malformed && !head.HasPseudo && !head.TooLarge && !head.Fields.HasAny(OfConnections) && TrailerRules.Decide(head.Bytes, head.Fields) == WireFault.None;

    private static bool AreFieldsValid(Http2Head head, bool ended)
    {
        var fields = head.Fields;
        var bytes = head.Bytes;
        if (fields.HasAny(OfConnections) || fields.IsRepeated(FieldId.ContentLength) || fields.IsRepeated(FieldId.Te)
            || (fields.Has(FieldId.Te) && !fields.Value(bytes, FieldId.Te).SequenceEqual("trailers"u8)))
        {
            return false;
        }

        if (!fields.Has(FieldId.ContentLength))
        {
            return true;
        }

        if (!Grammar.TryReadNumber(fields.Value(bytes, FieldId.ContentLength), out var length))
        {
            return false;
        }

        head.ContentLength = length;
        return !ended || length == 0;
    }

    // Host may be there when a request was translated from HTTP/1.1; it must say the same.
    private static bool TryTakeHost(Http2Head head)
    {
        var fields = head.Fields;
        var bytes = head.Bytes;
        if (fields.Find(FieldId.Host) is >= 0 and var place)
        {
            var host = fields[place].Value;
            if (fields.IsRepeated(FieldId.Host) || (!head.Authority.IsEmpty && !Ascii.EqualsIgnoreCase(head.Authority.Of(bytes), host.Of(bytes))))
            {
                return false;
            }

            head.Authority = head.Authority.IsEmpty ? host : head.Authority;
            fields.MarkHop(place);
        }

        return head.Authority.IsEmpty || Authority.TryRead(head.Authority.Of(bytes), out _);
    }

    // Visible ASCII without a fragment: no blank or control byte can end the request line early.
    private static bool IsPathValid(ReadOnlySpan<byte> path, ReadOnlySpan<byte> method) =>
        (path is [(byte)'/', ..] && path.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) < 0 && !path.Contains((byte)'#'))
        || (path is [(byte)'*'] && method.SequenceEqual("OPTIONS"u8));
}
