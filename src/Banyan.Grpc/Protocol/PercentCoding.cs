using System.Text;

namespace Banyan.Grpc.Protocol;

/// <summary>The coding of <c>grpc-message</c>: UTF-8, with every byte outside printable ASCII, and '%', written as %XX.</summary>
internal static class PercentCoding
{
    public static string Encode(string text)
    {
        if (!NeedsCoding(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain((char)b))
            {
                result.Append((char)b);
            }
            else
            {
                result.Append('%').Append(Hex(b >> 4)).Append(Hex(b & 15));
            }
        }

        return result.ToString();
    }

    /// <summary>Undoes the coding. What is not well formed stays as it is: a status must not get lost over its text.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < source.Length; i++, length++)
        {
            if (source[i] == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1]) && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                source[length] = (byte)((Nibble(source[i + 1]) << 4) | Nibble(source[i + 2]));
                i += 2;
            }
            else
            {
                source[length] = source[i];
            }
        }

        return Encoding.UTF8.GetString(source, 0, length);
    }

    private static bool NeedsCoding(string text)
    {
        foreach (var c in text)
        {
            if (!IsPlain(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(char c) => c is >= ' ' and <= '~' and not '%';

    private static char Hex(int nibble) => (char)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);

    private static int Nibble(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
