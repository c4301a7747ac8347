using System.Buffers;

namespace Banyan.Gateway.Routing;

/// <summary>
/// The one normal form request paths are matched in, made from the raw target. The raw form is what the service gets, so everything that the two sides could
/// read differently is refused here: dot segments, escaped separators, NUL, broken escapes, backslashes.
/// </summary>
internal static class RequestPath
{
    // What needs a closer look: escapes, separators of other systems, fragments, and dot segments (found by their slash).
    private static readonly SearchValues<char> Suspicious = SearchValues.Create("%\\#");

    /// <summary>Result of <see cref="TryNormalise"/>.</summary>
    public enum Fault
    {
        None,
        NotOriginForm,
        DotSegment,
        EncodedSeparator,
        EncodedNul,
        BrokenEscape,
        Backslash,
        Fragment,
        ControlOrNonAscii,
    }

    /// <summary>Cuts the query off a raw target in origin-form.</summary>
    public static ReadOnlySpan<char> WithoutQuery(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    /// <summary>
    /// The form to match in. Without escapes it is <paramref name="raw"/> itself; otherwise it is written into <paramref name="buffer"/>, which must be as
    /// long as <paramref name="raw"/>. Escapes of visible ASCII characters are undone, all others stay, in upper case.
    /// </summary>
    public static Fault TryNormalise(ReadOnlySpan<char> raw, Span<char> buffer, bool allowEncodedSlash, out ReadOnlySpan<char> normal)
    {
        normal = raw;
        if (raw.IsEmpty || raw[0] != '/')
        {
            return Fault.NotOriginForm;
        }

        if (raw.ContainsAnyExceptInRange('!', '~'))
        {
            return Fault.ControlOrNonAscii;
        }

        if (raw.ContainsAny(Suspicious) && Unescape(raw, buffer, allowEncodedSlash, out normal) is var fault and not Fault.None)
        {
            return fault;
        }

        return HasDotSegment(normal) ? Fault.DotSegment : Fault.None;
    }

    private static Fault Unescape(ReadOnlySpan<char> raw, Span<char> buffer, bool allowEncodedSlash, out ReadOnlySpan<char> normal)
    {
        normal = raw;
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            switch (c)
            {
                case '\\':
                    return Fault.Backslash;
                case '#':
                    return Fault.Fragment;
                case '%' when i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2]):
                    return Fault.BrokenEscape;
                case '%':
                    var value = (Digit(raw[i + 1]) << 4) | Digit(raw[i + 2]);
                    i += 2;
                    switch (value)
                    {
                        case 0:
                            return Fault.EncodedNul;
                        case '/' or '\\' when !allowEncodedSlash:
                            return Fault.EncodedSeparator;
                        case > 0x20 and < 0x7f and not '/' and not '\\' and not '%':
                            buffer[length++] = (char)value;
                            break;
                        default:
                            buffer[length++] = '%';
                            buffer[length++] = char.ToUpperInvariant(raw[i - 1]);
                            buffer[length++] = char.ToUpperInvariant(raw[i]);
                            break;
                    }

                    break;
                default:
                    buffer[length++] = c;
                    break;
            }
        }

        normal = buffer[..length];
        return Fault.None;
    }

    // "." and ".." with or without path parameters: some servers drop ";x" first and then go up.
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        while (true)
        {
            var slashDot = path.IndexOf("/.", StringComparison.Ordinal);
            if (slashDot < 0)
            {
                return false;
            }

            path = path[(slashDot + 2)..];
            var rest = path.Length > 0 && path[0] == '.' ? path[1..] : path;
            if (rest.IsEmpty || rest[0] is '/' or ';')
            {
                return true;
            }
        }
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
