using System.Buffers;

namespace Banyan.Wire.Paths;

/// <summary>
/// The one normal form request paths are matched in, made from the raw path. The raw form is what the service gets, so everything that the two sides could read
/// differently is refused: dot segments, escaped separators, NUL, broken and overlong escapes, backslashes.
/// </summary>
public static class PathNormaliser
{
    // Visible ASCII that needs no second look. A dot does: it may begin a dot segment.
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("!\"$&'()*+,-/0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>
    /// The form to match in. Without escapes it is <paramref name="raw"/> itself; otherwise it is written into <paramref name="buffer"/>. Escapes of visible ASCII
    /// characters are undone, all others stay, in upper case: the form is never longer, has the same segments, and is its own normal form.
    /// </summary>
    /// <param name="raw">The path as it came, without the query.</param>
    /// <param name="buffer">At least as long as <paramref name="raw"/>.</param>
    /// <param name="options">What is let through.</param>
    /// <param name="normal">The form; meaningless with a fault.</param>
    public static PathFault Normalise(ReadOnlySpan<byte> raw, Span<byte> buffer, PathOptions options, out ReadOnlySpan<byte> normal)
    {
        normal = raw;
        if (raw.IsEmpty || raw[0] != '/')
        {
            return PathFault.NotOriginForm;
        }

        var odd = raw.IndexOfAnyExcept(Plain);
        if (odd < 0)
        {
            return PathFault.None;
        }

        var fault = Unescape(raw, odd, buffer, options.AllowEncodedSlash, out normal);
        return fault == PathFault.None && HasDotSegment(normal) ? PathFault.DotSegment : fault;
    }

    /// <summary>The number of segments of a path; 0 for the root.</summary>
    public static int CountSegments(ReadOnlySpan<byte> path) => path.Length <= 1 ? 0 : path.Count((byte)'/');

    /// <summary>
    /// A raw path without its first segments: (<c>/pets/7</c>, 1) gives <c>/7</c>; what has no more gives <c>/</c>. Segments of the raw and of the normal form are
    /// the same ones, because an escaped separator is never undone.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutSegments(ReadOnlySpan<byte> path, int segments)
    {
        for (var i = 0; i < segments; i++)
        {
            var next = path[1..].IndexOf((byte)'/');
            if (next < 0)
            {
                return "/"u8;
            }

            path = path[(next + 1)..];
        }

        return path;
    }

    private static PathFault Unescape(ReadOnlySpan<byte> raw, int from, Span<byte> buffer, bool allowEncodedSlash, out ReadOnlySpan<byte> normal)
    {
        normal = raw;
        var length = from;
        var written = false;
        for (var i = from; i < raw.Length; i++)
        {
            switch (raw[i])
            {
                case (byte)'\\':
                    return PathFault.Backslash;
                case (byte)'#':
                    return PathFault.Fragment;
                case <= 0x20 or >= 0x7f:
                    return PathFault.ControlOrNonAscii;
                case (byte)'%':
                    if (!TryEscape(raw[i..], out var value))
                    {
                        return PathFault.BrokenEscape;
                    }

                    var fault = Check(raw[i..], value, allowEncodedSlash);
                    if (fault != PathFault.None)
                    {
                        return fault;
                    }

                    if (!written)
                    {
                        raw[..i].CopyTo(buffer);
                        written = true;
                    }

                    length += Write(value, buffer[length..]);
                    i += 2;
                    break;
                case var plain:
                    if (written)
                    {
                        buffer[length] = plain;
                    }

                    length++;
                    break;
            }
        }

        normal = written ? buffer[..length] : raw;
        return PathFault.None;
    }

    private static PathFault Check(ReadOnlySpan<byte> escape, byte value, bool allowEncodedSlash) => value switch
    {
        0 => PathFault.EncodedNul,
        (byte)'/' or (byte)'\\' => allowEncodedSlash ? PathFault.None : PathFault.EncodedSeparator,
        0xc0 or 0xc1 => PathFault.OverlongEscape,
        0xe0 or 0xf0 when TryEscape(escape[3..], out var next) => next is >= 0x80 && next < (value == 0xe0 ? 0xa0 : 0x90) ? PathFault.OverlongEscape : PathFault.None,
        _ => PathFault.None,
    };

    // Undone only where the character means itself everywhere.
    private static int Write(byte value, Span<byte> buffer)
    {
        if (value is > 0x20 and < 0x7f and not ((byte)'/' or (byte)'\\' or (byte)'%' or (byte)'#' or (byte)'?'))
        {
            buffer[0] = value;
            return 1;
        }

        buffer[0] = (byte)'%';
        buffer[1] = "0123456789ABCDEF"u8[value >> 4];
        buffer[2] = "0123456789ABCDEF"u8[value & 15];
        return 3;
    }

    private static bool TryEscape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || text[0] != '%' || !char.IsAsciiHexDigit((char)text[1]) || !char.IsAsciiHexDigit((char)text[2]))
        {
            return false;
        }

        value = (byte)((Digit(text[1]) << 4) | Digit(text[2]));
        return true;
    }

    private static int Digit(byte value) => value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;

    // "." and ".." with or without path parameters: some servers drop ";x" first and then go up.
    private static bool HasDotSegment(ReadOnlySpan<byte> path)
    {
        while (true)
        {
            var slashDot = path.IndexOf("/."u8);
            if (slashDot < 0)
            {
                return false;
            }

            path = path[(slashDot + 2)..];
            var rest = path.Length > 0 && path[0] == '.' ? path[1..] : path;
            if (rest.IsEmpty || rest[0] is (byte)'/' or (byte)';')
            {
                return true;
            }
        }
    }
}
