namespace Banyan.Wire.Fields;

/// <summary>A set of known field names.</summary>
/// <param name="Bits">One bit for each <see cref="FieldId"/>.</param>
public readonly record struct FieldSet(ulong Bits)
{
    /// <summary>Fields of the connection, which end at each hop whether Connection names them or not (RFC 9110 section 7.6.1).</summary>
    public static FieldSet Hop { get; } = Of(
        FieldId.Connection,
        FieldId.KeepAlive,
        FieldId.ProxyConnection,
        FieldId.ProxyAuthenticate,
        FieldId.ProxyAuthorization,
        FieldId.Te,
        FieldId.TransferEncoding,
        FieldId.Upgrade,
        FieldId.Http2Settings);

    /// <summary>The set of these names.</summary>
    public static FieldSet Of(params ReadOnlySpan<FieldId> ids)
    {
        var bits = 0ul;
        foreach (var id in ids)
        {
            bits |= Bit(id);
        }

        return new FieldSet(bits);
    }

    /// <summary>True when the name is in the set. <see cref="FieldId.Unknown"/> never is.</summary>
    public bool Contains(FieldId id) => (Bits & Bit(id)) != 0;

    /// <summary>The names of both sets.</summary>
    public static FieldSet operator |(FieldSet left, FieldSet right) => new(left.Bits | right.Bits);

    // Unknown is bit 0 and left out.
    internal static ulong Bit(FieldId id) => (1ul << (int)id) & ~1ul;
}
