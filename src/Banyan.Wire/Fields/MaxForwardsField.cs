using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>Max-Forwards (RFC 9110 section 7.6.2): how often OPTIONS and TRACE may still be passed on.</summary>
public static class MaxForwardsField
{
    /// <summary>
    /// Reads it; false when it is absent, repeated or no number. A hop that reads 0 answers itself; any other passes it on less one. With other methods it is ignored.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, FieldTable fields, out long hops)
    {
        hops = 0;
        return !fields.IsRepeated(FieldId.MaxForwards) && Grammar.TryReadNumber(fields.Value(bytes, FieldId.MaxForwards), out hops);
    }
}
