using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>Reads field lines until the empty line: of requests, answers and trailer sections alike (RFC 9112 section 5).</summary>
internal static class FieldSection
{
    /// <summary>
    /// Reads lines from <paramref name="at"/>, which moves behind each whole line and at the end behind the empty one. When the bytes run out in a line,
    /// <paramref name="at"/> is where that line starts: the next call reads it again, with more.
    /// </summary>
    public static ParseStatus Read(ReadOnlySpan<byte> bytes, ref int at, FieldTable fields, int maxFields, out WireFault fault)
    {
        fault = WireFault.None;
        var line = at;
        while ((uint)line < (uint)bytes.Length)
        {
            var nameLength = TokenScan.IndexOfEnd(bytes[line..]);
            var colon = line + nameLength;
            if (nameLength <= 0 || bytes[colon] != ':')
            {
                at = line;
                return nameLength < 0 ? ParseStatus.Incomplete : EndOrFault(bytes, ref at, colon, fields.Count, out fault);
            }

            var start = colon + 1;
            while ((uint)start < (uint)bytes.Length && Grammar.IsBlank(bytes[start]))
            {
                start++;
            }

            var length = ControlScan.IndexOfControl(bytes[start..]);
            var end = start + length;
            if (length < 0 || (uint)(end + 1) >= (uint)bytes.Length || bytes[end] != '\r' || bytes[end + 1] != '\n')
            {
                at = line;
                return UnendedOrFault(bytes, length < 0 ? bytes.Length : end, out fault);
            }

            if (fields.Count >= maxFields)
            {
                fault = WireFault.FieldsTooMany;
                return ParseStatus.Refused;
            }

            var last = end;
            while (last > start && Grammar.IsBlank(bytes[last - 1]))
            {
                last--;
            }

            fields.Add(line, nameLength, start, last - start, FieldNames.Identify(bytes.Slice(line, nameLength)));
            line = end + 2;
        }

        at = line;
        return ParseStatus.Incomplete;
    }

    // What is not "name:" is the empty line or wrong.
    private static ParseStatus EndOrFault(ReadOnlySpan<byte> bytes, ref int at, int stop, int count, out WireFault fault)
    {
        fault = WireFault.None;
        if (stop == at && bytes[at] == '\r')
        {
            if (at + 1 == bytes.Length)
            {
                return ParseStatus.Incomplete;
            }

            if (bytes[at + 1] == '\n')
            {
                at += 2;
                return ParseStatus.Complete;
            }
        }

        fault = bytes[stop] switch
        {
            (byte)'\n' => WireFault.BareLineFeed,
            (byte)'\r' when stop == at => WireFault.BareCarriageReturn,
            (byte)'\r' => WireFault.FieldColonMissing,
            (byte)' ' or (byte)'\t' when stop == at => count == 0 ? WireFault.BlankBeforeFields : WireFault.FieldFolded,
            (byte)' ' or (byte)'\t' => WireFault.FieldNameBlank,
            (byte)':' => WireFault.FieldNameEmpty,
            _ => WireFault.FieldNameInvalid,
        };
        return ParseStatus.Refused;
    }

    private static ParseStatus UnendedOrFault(ReadOnlySpan<byte> bytes, int end, out WireFault fault)
    {
        fault = WireFault.None;
        if (end == bytes.Length || (bytes[end] == '\r' && end + 1 == bytes.Length))
        {
            return ParseStatus.Incomplete;
        }

        fault = bytes[end] switch
        {
            (byte)'\r' => WireFault.BareCarriageReturn,
            (byte)'\n' => WireFault.BareLineFeed,
            _ => WireFault.FieldValueControl,
        };
        return ParseStatus.Refused;
    }
}
