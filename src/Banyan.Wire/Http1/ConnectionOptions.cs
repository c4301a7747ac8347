using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// What Connection says (RFC 9110 section 7.6.1), and which fields end at this hop because of it. Nominations of fields a service decides on are ignored: a client
/// must not be able to make a gateway drop them.
/// </summary>
internal struct ConnectionOptions
{
    private const int MaxOptions = 64;

    private static readonly FieldSet Protected = FieldSet.Of(
        FieldId.Host,
        FieldId.Authorization,
        FieldId.CacheControl,
        FieldId.ContentDisposition,
        FieldId.ContentEncoding,
        FieldId.ContentLanguage,
        FieldId.ContentLength,
        FieldId.ContentLocation,
        FieldId.ContentRange,
        FieldId.ContentType,
        FieldId.Cookie,
        FieldId.Date,
        FieldId.Expect,
        FieldId.Forwarded,
        FieldId.IdempotencyKey,
        FieldId.Location,
        FieldId.MaxForwards,
        FieldId.Origin,
        FieldId.Range,
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

    /// <summary>The connection ends after this message.</summary>
    public bool Close { get; private set; }

    /// <summary>The connection stays, said by a peer of HTTP/1.0.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Upgrade is meant.</summary>
    public bool Upgrade { get; private set; }

    /// <summary>Reads all Connection fields and marks the fields that end here.</summary>
    public static WireFault Read(ReadOnlySpan<byte> bytes, FieldTable fields, out ConnectionOptions options)
    {
        options = default;
        if (!fields.IsRepeated(FieldId.Connection) && Grammar.IsNamed(fields.Value(bytes, FieldId.Connection), "keep-alive"u8))
        {
            // What most requests say, if anything.
            options.KeepAlive = true;
            return WireFault.None;
        }

        var count = 0;
        for (var i = fields.Find(FieldId.Connection); i >= 0; i = fields.Find(FieldId.Connection, i + 1))
        {
            var fault = options.Read(bytes, fields[i].Value.Of(bytes), fields, ref count);
            if (fault != WireFault.None)
            {
                return fault;
            }
        }

        return WireFault.None;
    }

    private WireFault Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> list, FieldTable fields, ref int count)
    {
        while (FieldLists.TryTake(ref list, out var option))
        {
            if (!Grammar.IsToken(option))
            {
                return WireFault.ConnectionInvalid;
            }

            if (++count > MaxOptions)
            {
                return WireFault.ConnectionOptionsTooMany;
            }

            Take(bytes, option, fields);
        }

        return WireFault.None;
    }

    private void Take(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> option, FieldTable fields)
    {
        if (Grammar.IsNamed(option, "keep-alive"u8))
        {
            KeepAlive = true;
        }
        else if (Grammar.IsNamed(option, "close"u8))
        {
            Close = true;
            // A field of this name is as good as any other nominated one.
            fields.MarkHop(bytes, option);
        }
        else if (Grammar.IsNamed(option, "upgrade"u8))
        {
            Upgrade = true;
        }
        else
        {
            Nominate(bytes, option, fields);
        }
    }

    private static void Nominate(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, FieldTable fields)
    {
        var id = FieldNames.Identify(name);
        if (id == FieldId.Unknown)
        {
            fields.MarkHop(bytes, name);
        }
        else if (!Protected.Contains(id))
        {
            fields.MarkHop(FieldSet.Of(id));
        }
    }
}
