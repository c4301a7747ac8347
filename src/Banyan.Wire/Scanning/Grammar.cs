using System.Buffers;

namespace Banyan.Wire.Scanning;

/// <summary>The sets of bytes RFC 9110 and RFC 9112 build on.</summary>
internal static class Grammar
{
    /// <summary>What a token consists of (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// What a host name consists of. Of RFC 3986's reg-name the comma and escapes are left out: two joined Host fields, and names two programs read differently.
    /// </summary>
    public static readonly SearchValues<byte> HostName =
        SearchValues.Create("!$&'()*+-.;=_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What an IPv6 address in brackets consists of.</summary>
    public static readonly SearchValues<byte> Ip6 = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>True for the blanks around values: space and tab, and nothing else.</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>True when these bytes are one token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(Token);

    /// <summary>The bytes without blanks at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        while (start < bytes.Length && IsBlank(bytes[start]))
        {
            start++;
        }

        var end = bytes.Length;
        while (end > start && IsBlank(bytes[end - 1]))
        {
            end--;
        }

        return bytes[start..end];
    }

    /// <summary>Compares with a name in lower case, which must consist of letters, digits and hyphens only; <paramref name="bytes"/> must be of token bytes.</summary>
    public static bool IsNamed(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lower)
    {
        if (bytes.Length != lower.Length)
        {
            return false;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            if ((bytes[i] | 0x20) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads decimal digits; false for anything else, for none, and past 63 bits.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var value = (uint)(digit - '0');
            if (value > 9 || number > (long.MaxValue - value) / 10)
            {
                return false;
            }

            number = (number * 10) + value;
        }

        return true;
    }
}
