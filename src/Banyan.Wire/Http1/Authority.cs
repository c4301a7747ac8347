using System.Net;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>A host with an optional port, as in Host and in targets (RFC 3986 section 3.2, without the user).</summary>
internal readonly record struct Authority(int HostLength, int Port)
{
    /// <summary>The port when none is written.</summary>
    public const int NoPort = -1;

    /// <summary>Reads the text; false when it is no host with an optional port. Names of letters, digits and the usual marks; addresses of IPv6 in brackets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Authority authority)
    {
        authority = default;
        if (text.IsEmpty)
        {
            return false;
        }

        int hostLength;
        if (text[0] == '[')
        {
            var end = text.IndexOf((byte)']');
            if (end < 0 || text[1..end].ContainsAnyExcept(Grammar.Ip6) || !text[1..end].Contains((byte)':') || !IPAddress.IsValidUtf8(text[1..end]))
            {
                return false;
            }

            hostLength = end + 1;
        }
        else
        {
            hostLength = text.IndexOfAnyExcept(Grammar.HostName);
            hostLength = hostLength < 0 ? text.Length : hostLength;
        }

        var port = NoPort;
        if (hostLength == 0 || (hostLength < text.Length && !TryReadPort(text[hostLength..], out port)))
        {
            return false;
        }

        authority = new Authority(hostLength, port);
        return true;
    }

    // ":" and at most five digits; none are the default port (RFC 3986 section 3.2.3).
    private static bool TryReadPort(ReadOnlySpan<byte> text, out int port)
    {
        port = NoPort;
        if (text[0] != ':' || text.Length > 6)
        {
            return false;
        }

        if (text.Length == 1)
        {
            return true;
        }

        if (!Grammar.TryReadNumber(text[1..], out var number) || number > ushort.MaxValue)
        {
            return false;
        }

        port = (int)number;
        return true;
    }
}
