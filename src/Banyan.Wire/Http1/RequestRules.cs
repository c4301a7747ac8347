using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>What a whole request head decides: where it goes, how its body ends, what becomes of the connection.</summary>
internal static class RequestRules
{
    // With none of these, and in HTTP/1.1, everything is as by default.
    private static readonly FieldSet Deciding = FieldSet.Of(FieldId.ContentLength, FieldId.Expect) | FieldSet.Hop;

    private static readonly FieldSet Wishes = FieldSet.Of(FieldId.Expect, FieldId.Upgrade, FieldId.Te);

    public static WireFault Decide(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        var fault = ReadTarget(bytes, head);
        if (fault == WireFault.None)
        {
            fault = ReadHost(bytes, head);
        }

        UnderscoreNames.End(bytes, head.Fields);
        if (fault != WireFault.None || !head.Fields.HasAny(Deciding))
        {
            head.KeepAlive = head.Version == HttpRelease.Http11;
            return fault;
        }

        fault = ConnectionOptions.Read(bytes, head.Fields, out var connection);
        if (fault != WireFault.None)
        {
            return fault;
        }

        head.KeepAlive = !connection.Close && (head.Version == HttpRelease.Http11 || connection.KeepAlive);
        fault = ReadFraming(bytes, head);
        return fault != WireFault.None ? fault : ReadWishes(bytes, head, connection);
    }

    private static WireFault ReadTarget(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        var target = head.Target.Of(bytes);
        if (head.Method == KnownMethod.Connect)
        {
            head.TargetForm = TargetForm.Authority;
            head.Authority = head.Target;
            return !Authority.TryRead(target, out var authority) || authority.Port < 0 ? WireFault.TargetFormInvalid : SetAuthority(head, authority);
        }

        if (target[0] == '/')
        {
            head.TargetForm = TargetForm.Origin;
            return CutQuery(target, head, head.Target.Start);
        }

        if (target.Length == 1 && target[0] == '*')
        {
            head.TargetForm = TargetForm.Asterisk;
            head.Path = head.Target;
            return head.Method == KnownMethod.Options ? WireFault.None : WireFault.TargetFormInvalid;
        }

        return ReadAbsolute(target, head);
    }

    private static WireFault ReadAbsolute(ReadOnlySpan<byte> target, RequestHead head)
    {
        head.TargetForm = TargetForm.Absolute;
        var scheme = target.IndexOf("://"u8);
        if (scheme < 0)
        {
            return WireFault.TargetFormInvalid;
        }

        head.TargetIsHttps = Ascii.EqualsIgnoreCase(target[..scheme], "https"u8);
        if (!head.TargetIsHttps && !Ascii.EqualsIgnoreCase(target[..scheme], "http"u8))
        {
            return WireFault.TargetSchemeUnknown;
        }

        var start = scheme + 3;
        var length = target[start..].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        length = length < 0 ? target.Length - start : length;
        if (!Authority.TryRead(target.Slice(start, length), out var authority))
        {
            return WireFault.TargetAuthorityInvalid;
        }

        head.Authority = new Slice(head.Target.Start + start, length);
        SetAuthority(head, authority);
        return CutQuery(target[(start + length)..], head, head.Authority.End);
    }

    private static WireFault CutQuery(ReadOnlySpan<byte> pathAndQuery, RequestHead head, int start)
    {
        head.Path = new Slice(start, pathAndQuery.Length);
        var mark = pathAndQuery.IndexOfAny((byte)'?', (byte)'#');
        if (mark < 0)
        {
            return WireFault.None;
        }

        head.HasQuery = true;
        head.Path = new Slice(start, mark);
        head.Query = new Slice(start + mark + 1, pathAndQuery.Length - mark - 1);
        return pathAndQuery[mark..].Contains((byte)'#') ? WireFault.TargetFragment : WireFault.None;
    }

    private static WireFault SetAuthority(RequestHead head, Authority authority)
    {
        head.Host = head.Authority with { Length = authority.HostLength };
        head.Port = authority.Port;
        return WireFault.None;
    }

    private static WireFault ReadHost(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        var index = head.Fields.Find(FieldId.Host);
        if (index < 0)
        {
            return head.Version == HttpRelease.Http11 ? WireFault.HostMissing : WireFault.None;
        }

        if (head.Fields.IsRepeated(FieldId.Host))
        {
            return WireFault.HostRepeated;
        }

        var value = head.Fields[index].Value;
        var text = value.Of(bytes);
        Authority authority = default;
        if (!text.IsEmpty && !Authority.TryRead(text, out authority))
        {
            return WireFault.HostInvalid;
        }

        if (head.TargetForm is TargetForm.Absolute or TargetForm.Authority)
        {
            return IsSame(bytes, head, text, authority) ? WireFault.None : WireFault.HostMismatch;
        }

        if (!text.IsEmpty)
        {
            head.Authority = value;
            return SetAuthority(head, authority);
        }

        return WireFault.None;
    }

    private static bool IsSame(ReadOnlySpan<byte> bytes, RequestHead head, ReadOnlySpan<byte> host, Authority authority)
    {
        var usual = head.TargetForm == TargetForm.Authority ? Authority.NoPort : head.TargetIsHttps ? 443 : 80;
        var port = head.Port < 0 ? usual : head.Port;
        return Ascii.EqualsIgnoreCase(host[..authority.HostLength], head.Host.Of(bytes))
            && (host.IsEmpty || authority.Port < 0 ? usual : authority.Port) == port;
    }

    private static WireFault ReadFraming(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        var fields = head.Fields;
        if (fields.Has(FieldId.TransferEncoding))
        {
            if (head.Version == HttpRelease.Http10)
            {
                return WireFault.TransferCodingInHttp10;
            }

            head.Framing = BodyFraming.Chunked;
            return fields.Has(FieldId.ContentLength) ? WireFault.FramingConflict : TransferCodings.Read(bytes, fields);
        }

        var index = fields.Find(FieldId.ContentLength);
        if (index < 0)
        {
            return WireFault.None;
        }

        if (fields.IsRepeated(FieldId.ContentLength))
        {
            return WireFault.ContentLengthRepeated;
        }

        head.Framing = BodyFraming.Length;
        if (!Grammar.TryReadNumber(fields[index].Value.Of(bytes), out var length))
        {
            return WireFault.ContentLengthInvalid;
        }

        head.ContentLength = length;
        return WireFault.None;
    }

    private static WireFault ReadWishes(ReadOnlySpan<byte> bytes, RequestHead head, in ConnectionOptions connection)
    {
        var fields = head.Fields;
        if (!fields.HasAny(Wishes))
        {
            return WireFault.None;
        }

        var expect = fields.Find(FieldId.Expect);
        // A server ignores the expectation of a 1.0 client (RFC 9110 section 10.1.1).
        if (expect >= 0 && head.Version == HttpRelease.Http11)
        {
            if (fields.IsRepeated(FieldId.Expect) || !Ascii.EqualsIgnoreCase(fields[expect].Value.Of(bytes), "100-continue"u8))
            {
                return WireFault.ExpectationUnknown;
            }

            head.ExpectContinue = head.Framing == BodyFraming.Chunked || head.ContentLength > 0;
        }

        if (!head.ExpectContinue)
        {
            fields.MarkHop(FieldSet.Of(FieldId.Expect));
        }

        var upgrade = fields.Find(FieldId.Upgrade);
        if (upgrade >= 0 && connection.Upgrade && head.Version == HttpRelease.Http11 && head.Framing != BodyFraming.Chunked && head.ContentLength <= 0
            && !fields.IsRepeated(FieldId.Upgrade) && IsProtocol(fields[upgrade].Value.Of(bytes)))
        {
            head.Upgrade = fields[upgrade].Value;
        }

        for (var te = fields.Find(FieldId.Te); te >= 0; te = fields.Find(FieldId.Te, te + 1))
        {
            head.AcceptsTrailers |= FieldLists.Contains(fields[te].Value.Of(bytes), "trailers"u8);
        }

        return WireFault.None;
    }

    // One name with an optional version: "websocket", "h2c", "foo/2".
    private static bool IsProtocol(ReadOnlySpan<byte> value)
    {
        var slash = value.IndexOf((byte)'/');
        return slash < 0 ? Grammar.IsToken(value) : Grammar.IsToken(value[..slash]) && Grammar.IsToken(value[(slash + 1)..]);
    }
}
