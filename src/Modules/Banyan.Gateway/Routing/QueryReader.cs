namespace Banyan.Gateway.Routing;

/// <summary>Walks the parameters of a raw query, undoing escapes (<c>%XX</c>, <c>+</c>) in a buffer of its caller. A broken escape stands for itself.</summary>
internal ref struct QueryReader(ReadOnlySpan<byte> query)
{
    private ReadOnlySpan<byte> _rest = query;

    /// <summary>Name of the current parameter, as received.</summary>
    public ReadOnlySpan<byte> RawName { get; private set; }

    /// <summary>Value of the current parameter, as received; empty when it has none.</summary>
    public ReadOnlySpan<byte> RawValue { get; private set; }

    /// <summary>Goes to the next parameter; false at the end.</summary>
    public bool Next()
    {
        while (!_rest.IsEmpty)
        {
            var and = _rest.IndexOf((byte)'&');
            var one = and < 0 ? _rest : _rest[..and];
            _rest = and < 0 ? [] : _rest[(and + 1)..];
            if (!one.IsEmpty)
            {
                var equals = one.IndexOf((byte)'=');
                RawName = equals < 0 ? one : one[..equals];
                RawValue = equals < 0 ? [] : one[(equals + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Undoes escapes. The result is <paramref name="raw"/> itself when it has none; otherwise it is written into the buffer, which must be as long.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw, Span<byte> buffer)
    {
        if (!raw.ContainsAny((byte)'%', (byte)'+'))
        {
            return raw;
        }

        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            var b = raw[i];
            if (b == '%' && i + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[i + 1]) && char.IsAsciiHexDigit((char)raw[i + 2]))
            {
                b = (byte)((Digit(raw[i + 1]) << 4) | Digit(raw[i + 2]));
                i += 2;
            }
            else if (b == '+')
            {
                b = (byte)' ';
            }

            buffer[length++] = b;
        }

        return buffer[..length];
    }

    private static int Digit(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
