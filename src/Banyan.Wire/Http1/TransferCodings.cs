using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>Reads Transfer-Encoding. Only one line that says chunked and nothing else is understood; the rest is told apart for the sake of the answer.</summary>
internal static class TransferCodings
{
    /// <summary>The fault of a message's Transfer-Encoding, which must be there; none for a single chunked.</summary>
    public static WireFault Read(ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        var value = fields.Value(bytes, FieldId.TransferEncoding);
        if (fields.IsRepeated(FieldId.TransferEncoding))
        {
            return WireFault.TransferCodingInvalid;
        }

        return Ascii.EqualsIgnoreCase(value, "chunked"u8) ? WireFault.None : Classify(value);
    }

    private static WireFault Classify(ReadOnlySpan<byte> rest)
    {
        var chunked = 0;
        bool chunkedLast;

        // An empty member is legal in a list, but nobody sends one in this field without an intention.
        while (true)
        {
            var comma = rest.IndexOf((byte)',');
            var coding = Grammar.Trim(comma < 0 ? rest : rest[..comma]);
            if (!Grammar.IsToken(coding))
            {
                return WireFault.TransferCodingInvalid;
            }

            chunkedLast = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            chunked += chunkedLast ? 1 : 0;
            if (comma < 0)
            {
                break;
            }

            rest = rest[(comma + 1)..];
        }

        return chunked == 0 || (chunkedLast && chunked == 1) ? WireFault.TransferCodingUnknown : WireFault.TransferCodingInvalid;
    }
}
