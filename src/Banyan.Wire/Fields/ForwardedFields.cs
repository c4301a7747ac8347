using System.Buffers;
using System.Text;
using Banyan.Wire.Http1;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>
/// X-Forwarded-For, -Host, -Proto and Forwarded (RFC 7239): continued from peers whose word is believed, replaced from all others. Order matters:
/// <see cref="End"/> first, then the other fields are copied, then ours are written; so no client can have ours dropped or doubled.
/// </summary>
public static class ForwardedFields
{
    private static readonly FieldSet Ours = FieldSet.Of(FieldId.XForwardedFor, FieldId.XForwardedHost, FieldId.XForwardedProto);

    // What an obfuscated name may consist of (RFC 7239 section 6.3).
    private static readonly SearchValues<byte> Obfuscated =
        SearchValues.Create("._-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// Marks all of a request's forwarded fields as ending here: every field whose name begins with <c>X-Forwarded-</c>, whatever follows, and Forwarded.
    /// Call it before the fields are copied. From a trusted peer, further <c>X-Forwarded-</c> fields (Port, Prefix) are passed on as they came.
    /// </summary>
    public static void End(ReadOnlySpan<byte> bytes, FieldTable fields, bool trusted)
    {
        fields.MarkHop(Ours | FieldSet.Of(FieldId.Forwarded));
        if (trusted)
        {
            return;
        }

        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Id == FieldId.Unknown && fields[i].Name.Length > 12 && Ascii.EqualsIgnoreCase(fields[i].Name.Of(bytes)[..12], "x-forwarded-"u8))
            {
                fields.MarkHop(i);
            }
        }
    }

    /// <summary>Writes X-Forwarded-For, -Proto and -Host.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytes">What the request was parsed from.</param>
    /// <param name="fields">The request's fields.</param>
    /// <param name="hop">What this hop knows.</param>
    public static void Write(ref HeadWriter writer, scoped ReadOnlySpan<byte> bytes, FieldTable fields, scoped in ForwardedHop hop)
    {
        writer.BeginField("X-Forwarded-For"u8);
        if (hop.Trusted)
        {
            WriteList(ref writer, bytes, fields, FieldId.XForwardedFor);
        }

        writer.Value(hop.Client);
        writer.EndField();
        WriteOne(ref writer, bytes, fields, FieldId.XForwardedProto, hop.Trusted, hop.Scheme);
        WriteOne(ref writer, bytes, fields, FieldId.XForwardedHost, hop.Trusted, hop.Host);
    }

    /// <summary>
    /// Writes Forwarded: what a trusted peer said, then this hop's element. What a trusted peer said is dropped when it is not of RFC 7239's form: continued, it
    /// could swallow the element of this hop.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytes">What the request was parsed from.</param>
    /// <param name="fields">The request's fields.</param>
    /// <param name="hop">What this hop knows.</param>
    /// <param name="by">This hop's own obfuscated name without its underscore, of letters, digits, dot, underscore and hyphen; empty to leave it out.</param>
    public static void WriteForwarded(ref HeadWriter writer, scoped ReadOnlySpan<byte> bytes, FieldTable fields, scoped in ForwardedHop hop, scoped ReadOnlySpan<byte> by)
    {
        writer.BeginField("Forwarded"u8);
        if (hop.Trusted && AreElements(bytes, fields))
        {
            WriteList(ref writer, bytes, fields, FieldId.Forwarded);
        }

        writer.Value("for="u8);
        WriteNode(ref writer, hop.Client);
        if (!by.IsEmpty)
        {
            if (by.ContainsAnyExcept(Obfuscated))
            {
                throw new ArgumentException("An obfuscated name is of letters, digits, dot, underscore and hyphen.", nameof(by));
            }

            writer.Value(";by=_"u8);
            writer.Value(by);
        }

        if (!hop.Host.IsEmpty)
        {
            // An authority the parser took has neither quote nor backslash.
            writer.Value(";host=\""u8);
            writer.Value(hop.Host);
            writer.Value("\""u8);
        }

        writer.Value(";proto="u8);
        writer.Value(hop.Scheme);
        writer.EndField();
    }

    /// <summary>True when a value is a list of elements as RFC 7239 section 4 writes them: <c>name=token</c> or <c>name="quoted"</c>, joined by semicolons.</summary>
    public static bool IsForwarded(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            value = Grammar.Trim(value);
            var name = value.IndexOf((byte)'=');
            if (name < 0 || !Grammar.IsToken(value[..name]))
            {
                return false;
            }

            value = value[(name + 1)..];
            var length = ValueLength(value);
            if (length == 0)
            {
                return false;
            }

            value = Grammar.Trim(value[length..]);
            if (value.IsEmpty)
            {
                return true;
            }

            if (value[0] is not ((byte)';' or (byte)','))
            {
                return false;
            }

            value = value[1..];
        }
    }

    // The length of the token or quoted string at the start; 0 when there is none.
    private static int ValueLength(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != '"')
        {
            var end = value.IndexOfAnyExcept(Grammar.Token);
            return end < 0 ? value.Length : end;
        }

        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == '"')
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static bool AreElements(ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        for (var i = fields.Find(FieldId.Forwarded); i >= 0; i = fields.Find(FieldId.Forwarded, i + 1))
        {
            if (!IsForwarded(fields[i].Value.Of(bytes)))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteNode(ref HeadWriter writer, scoped ReadOnlySpan<byte> client)
    {
        var ip6 = client.Contains((byte)':');
        writer.Value(ip6 ? "\"["u8 : default);
        writer.Value(client);
        writer.Value(ip6 ? "]\""u8 : default);
    }

    private static void WriteOne(
        ref HeadWriter writer, scoped ReadOnlySpan<byte> bytes, FieldTable fields, FieldId id, bool trusted, scoped ReadOnlySpan<byte> own)
    {
        var known = trusted && !fields.IsRepeated(id) ? fields.Value(bytes, id) : default;
        writer.Field(FieldNames.Text(id), known.IsEmpty ? own : known);
    }

    // All values so far, each followed by a comma: ours comes last.
    internal static void WriteList(ref HeadWriter writer, scoped ReadOnlySpan<byte> bytes, FieldTable fields, FieldId id)
    {
        for (var i = fields.Find(id); i >= 0; i = fields.Find(id, i + 1))
        {
            if (!fields[i].Value.IsEmpty)
            {
                writer.Value(fields[i].Value.Of(bytes));
                writer.Value(", "u8);
            }
        }
    }
}
