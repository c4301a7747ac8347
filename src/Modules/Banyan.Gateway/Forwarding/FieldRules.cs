using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Banyan.Gateway.Forwarding;

/// <summary>Which fields end at this hop (RFC 9110 section 7.6.1).</summary>
internal static class FieldRules
{
    private static readonly FrozenSet<string> HopByHop = FrozenSet.ToFrozenSet(
        ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"],
        StringComparer.OrdinalIgnoreCase);

    // A client must not be able to make the gateway drop what a service decides on.
    private static readonly FrozenSet<string> Protected = FrozenSet.ToFrozenSet(
        ["Host", "Authorization", "Cookie", "Content-Length", "Content-Type", "Content-Encoding", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Cache-Control", "Set-Cookie", "Date"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>True for fields that are never passed on as they came.</summary>
    public static bool IsHopByHop(string name) => HopByHop.Contains(name);

    /// <summary>The fields this message's <c>Connection</c> names, without the protected ones; null when there are none.</summary>
    public static HashSet<string>? Nominated(StringValues connection)
    {
        HashSet<string>? names = null;
        foreach (var line in connection)
        {
            foreach (var option in (line ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!Protected.Contains(option) && !IsCommon(option))
                {
                    (names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(option);
                }
            }
        }

        return names;
    }

    /// <summary>True when a comma-separated field has this member.</summary>
    public static bool HasMember(StringValues values, string member)
    {
        foreach (var line in values)
        {
            foreach (var range in (line ?? string.Empty).AsSpan().Split(','))
            {
                var item = line.AsSpan(range).Trim();
                var parameters = item.IndexOf(';');
                if ((parameters < 0 ? item : item[..parameters].TrimEnd()).Equals(member, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The members nearly every Connection field has; they need no set.
    private static bool IsCommon(string option) =>
        option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
        || option.Equals("close", StringComparison.OrdinalIgnoreCase)
        || option.Equals("upgrade", StringComparison.OrdinalIgnoreCase);
}
