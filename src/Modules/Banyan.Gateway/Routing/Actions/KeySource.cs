using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>Where in a request the identity is that a split or a hashing balancer keeps together.</summary>
internal sealed class KeySource
{
    /// <summary>The fields that carry identity until the platform's own identity does.</summary>
    private static readonly Dictionary<string, string> WellKnown = new(StringComparer.Ordinal)
    {
        ["user"] = "x-user-id",
        ["tenant"] = "x-tenant-id",
        ["device"] = "x-device-id",
    };

    /// <summary>The client's address.</summary>
    public static readonly KeySource Address = new("address", null, null);

    private static readonly byte[] Cookie = "cookie"u8.ToArray();

    private readonly byte[]? _field;
    private readonly byte[]? _cookie;

    private KeySource(string text, byte[]? field, byte[]? cookie)
    {
        Text = text;
        _field = field;
        _cookie = cookie;
    }

    /// <summary>As declared: <c>user</c>, <c>header:X-Shop</c>, <c>cookie:session</c>, <c>address</c>.</summary>
    public string Text { get; }

    /// <summary>True when header fields are looked at.</summary>
    public bool LooksAtFields => _field is not null;

    /// <summary>The cookie's name; null for other sources.</summary>
    public string? CookieName => _cookie is null ? null : Encoding.ASCII.GetString(_cookie);

    /// <summary>Reads <c>user</c>, <c>tenant</c>, <c>device</c>, <c>address</c>, <c>header:NAME</c> or <c>cookie:NAME</c>; null for anything else.</summary>
    public static KeySource? TryParse(string text)
    {
        if (text == "address")
        {
            return Address;
        }

        if (WellKnown.TryGetValue(text, out var field))
        {
            return new KeySource(text, Encoding.ASCII.GetBytes(field), null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !FieldText.IsToken(text[(colon + 1)..]))
        {
            return null;
        }

        var name = text[(colon + 1)..];
        return text[..colon] switch
        {
            "header" => new KeySource(text, Encoding.ASCII.GetBytes(name.ToLowerInvariant()), null),
            "cookie" => new KeySource(text, Cookie, Encoding.ASCII.GetBytes(name)),
            _ => null,
        };
    }

    /// <summary>The key of a request: the value, or the client's address when the value is missing or empty. Says which.</summary>
    public bool Read(in RequestMatch request, out ReadOnlySpan<byte> key)
    {
        if (_field is not null && request.Fields is { } fields)
        {
            for (var i = 0; fields.TryGetField(request.Head, _field, i, out var value); i++)
            {
                var found = _cookie is null ? value : CookieValue(value, _cookie);
                if (!found.IsEmpty)
                {
                    key = found;
                    return true;
                }
            }
        }

        key = request.Address;
        return _field is null;
    }

    // RFC 6265 section 4.2.1: pairs divided by "; ", names case-sensitive.
    private static ReadOnlySpan<byte> CookieValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        while (!line.IsEmpty)
        {
            var end = line.IndexOf((byte)';');
            var pair = (end < 0 ? line : line[..end]).Trim((byte)' ');
            line = end < 0 ? [] : line[(end + 1)..];
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name))
            {
                return pair[(name.Length + 1)..];
            }
        }

        return [];
    }
}
