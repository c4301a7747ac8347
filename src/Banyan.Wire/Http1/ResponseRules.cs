using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>What a whole answer's head decides: how its body ends (RFC 9112 section 6.3) and what becomes of the connection.</summary>
internal static class ResponseRules
{
    private static readonly FieldSet Framing = FieldSet.Of(FieldId.ContentLength, FieldId.TransferEncoding);

    public static WireFault Decide(ReadOnlySpan<byte> bytes, ResponseHead head, KnownMethod request)
    {
        var fields = head.Fields;
        var fault = ConnectionOptions.Read(bytes, fields, out var connection);
        if (fault != WireFault.None)
        {
            return fault;
        }

        head.KeepAlive = !connection.Close && (head.Version == HttpRelease.Http11 || connection.KeepAlive);
        fault = ReadLength(bytes, head);
        if (fault != WireFault.None)
        {
            return fault;
        }

        head.IsSwitch = head.Status == 101 || (request == KnownMethod.Connect && head.Status is >= 200 and < 300);
        if (head.IsSwitch || head.Status is < 200 or 204)
        {
            // Nothing may be declared where nothing can follow (RFC 9110 section 8.6). Whoever does may send it as well: the connection is not used again.
            head.KeepAlive &= head.ContentLength <= 0 && !fields.Has(FieldId.TransferEncoding);
            Overrule(head, Framing);
            return WireFault.None;
        }

        fault = ReadCodings(bytes, head);
        if (fault != WireFault.None)
        {
            return fault;
        }

        if (request == KnownMethod.Head || head.Status == 304)
        {
            head.Framing = BodyFraming.None;
        }
        else if (head.Framing == BodyFraming.None)
        {
            head.Framing = head.ContentLength >= 0 ? BodyFraming.Length : BodyFraming.UntilClose;
        }

        head.KeepAlive &= head.Framing != BodyFraming.UntilClose;
        return WireFault.None;
    }

    // Several lines are one when they say the same (RFC 9110 section 8.6); a list is not taken.
    private static WireFault ReadLength(ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        for (var i = head.Fields.Find(FieldId.ContentLength); i >= 0; i = head.Fields.Find(FieldId.ContentLength, i + 1))
        {
            if (!Grammar.TryReadNumber(head.Fields[i].Value.Of(bytes), out var length))
            {
                return WireFault.ContentLengthInvalid;
            }

            if (head.ContentLength >= 0 && head.ContentLength != length)
            {
                return WireFault.ContentLengthRepeated;
            }

            head.ContentLength = length;
        }

        return WireFault.None;
    }

    private static WireFault ReadCodings(ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        var fields = head.Fields;
        if (!fields.Has(FieldId.TransferEncoding))
        {
            return WireFault.None;
        }

        if (head.Version == HttpRelease.Http10)
        {
            return WireFault.TransferCodingInHttp10;
        }

        var fault = TransferCodings.Read(bytes, fields);
        head.Framing = BodyFraming.Chunked;
        if (fields.Has(FieldId.ContentLength))
        {
            // Chunks win, and the peer is not trusted with another request (RFC 9112 section 6.3).
            head.KeepAlive = false;
            Overrule(head, FieldSet.Of(FieldId.ContentLength));
        }

        return fault;
    }

    private static void Overrule(ResponseHead head, FieldSet ids)
    {
        head.ContentLength = -1;
        head.Fields.MarkHop(ids);
    }
}
