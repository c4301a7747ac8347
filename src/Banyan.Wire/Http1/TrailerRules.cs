using System.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http1;

/// <summary>Which fields may come behind a body (RFC 9110 section 6.5.1). What frames or routes is an attack and refused; what else has no business there ends here.</summary>
internal static class TrailerRules
{
    private static readonly FieldSet Refused = FieldSet.Of(FieldId.ContentLength, FieldId.TransferEncoding, FieldId.Host);

    private static readonly FieldSet Dropped = FieldSet.Hop | FieldSet.Of(
        FieldId.Age,
        FieldId.Authorization,
        FieldId.CacheControl,
        FieldId.Cookie,
        FieldId.Date,
        FieldId.Expect,
        FieldId.Expires,
        FieldId.Forwarded,
        FieldId.IdempotencyKey,
        FieldId.IfMatch,
        FieldId.IfModifiedSince,
        FieldId.IfNoneMatch,
        FieldId.IfRange,
        FieldId.Location,
        FieldId.MaxForwards,
        FieldId.Range,
        FieldId.RetryAfter,
        FieldId.SetCookie,
        FieldId.TraceParent,
        FieldId.TraceState,
        FieldId.Trailer,
        FieldId.Vary,
        FieldId.Via,
        FieldId.WwwAuthenticate,
        FieldId.XForwardedFor,
        FieldId.XForwardedHost,
        FieldId.XForwardedProto);

    public static WireFault Decide(ReadOnlySpan<byte> bytes, FieldTable trailers)
    {
        if (trailers.HasAny(Refused))
        {
            return WireFault.TrailerForbidden;
        }

        trailers.MarkHop(Dropped);
        for (var i = 0; i < trailers.Count; i++)
        {
            var name = trailers[i].Name.Of(bytes);
            if (name.Length > 8 && Ascii.EqualsIgnoreCase(name[..8], "content-"u8))
            {
                trailers.MarkHop(i);
            }
        }

        return WireFault.None;
    }
}
