using Banyan.Wire.Http1;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>Via (RFC 9110 section 7.6.3): who passed a message on. It also tells a gateway that a message came back to it.</summary>
public static class ViaField
{
    /// <summary>Writes Via: all that came, then this hop.</summary>
    /// <param name="writer">Where to. Leave the received Via out when copying fields.</param>
    /// <param name="bytes">What the message was parsed from.</param>
    /// <param name="fields">The message's fields.</param>
    /// <param name="protocol">The version the message came in: <c>1.0</c>, <c>1.1</c> or <c>2</c>.</param>
    /// <param name="pseudonym">This hop's name, a token.</param>
    public static void Write(ref HeadWriter writer, scoped ReadOnlySpan<byte> bytes, FieldTable fields, scoped ReadOnlySpan<byte> protocol, scoped ReadOnlySpan<byte> pseudonym)
    {
        writer.BeginField("Via"u8);
        ForwardedFields.WriteList(ref writer, bytes, fields, FieldId.Via);
        writer.Value(protocol);
        writer.Value(" "u8);
        writer.Value(pseudonym);
        writer.EndField();
    }

    /// <summary>True when a hop of this name passed the message on already.</summary>
    public static bool Names(ReadOnlySpan<byte> bytes, FieldTable fields, ReadOnlySpan<byte> pseudonym)
    {
        for (var i = fields.Find(FieldId.Via); i >= 0; i = fields.Find(FieldId.Via, i + 1))
        {
            if (Names(fields[i].Value.Of(bytes), pseudonym))
            {
                return true;
            }
        }

        return false;
    }

    // The name as a whole word behind a protocol; a longer name that contains it is another hop.
    private static bool Names(ReadOnlySpan<byte> value, ReadOnlySpan<byte> pseudonym)
    {
        while (true)
        {
            var at = value.IndexOf(pseudonym);
            if (at < 0)
            {
                return false;
            }

            var end = at + pseudonym.Length;
            if (at > 0 && Grammar.IsBlank(value[at - 1]) && (end == value.Length || value[end] == ',' || Grammar.IsBlank(value[end])))
            {
                return true;
            }

            value = value[end..];
        }
    }
}
