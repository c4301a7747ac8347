namespace Banyan.Gateway.Policies;

/// <summary>What part of a request tells one caller, or one subject, from another.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Name">The field's name, in lower case, for <see cref="RequestKeyKind.Header"/> and <see cref="RequestKeyKind.Cookie"/>; else empty.</param>
internal sealed record RequestKeySource(RequestKeyKind Kind, string Name = "")
{
    /// <summary>The client's address.</summary>
    public static readonly RequestKeySource Client = new(RequestKeyKind.Client);

    /// <summary>One key for all requests.</summary>
    public static readonly RequestKeySource All = new(RequestKeyKind.All);

    /// <summary>Reads <c>client</c>, <c>route</c>, <c>all</c>, <c>header:NAME</c>, <c>cookie:NAME</c>; null for anything else.</summary>
    public static RequestKeySource? Parse(string text)
    {
        var colon = text.IndexOf(':');
        var name = colon < 0 ? string.Empty : text[(colon + 1)..];
        return (colon < 0 ? text : text[..colon], name.Length > 0) switch
        {
            ("client", false) when colon < 0 => Client,
            ("route", false) when colon < 0 => new RequestKeySource(RequestKeyKind.Route),
            ("all", false) when colon < 0 => All,
            ("header", true) when IsToken(name) => new RequestKeySource(RequestKeyKind.Header, name.ToLowerInvariant()),
            ("cookie", true) when IsToken(name) => new RequestKeySource(RequestKeyKind.Cookie, name),
            _ => null,
        };
    }

    /// <summary>In a sentence: one … .</summary>
    public string Described => Kind switch
    {
        RequestKeyKind.Client => "client address",
        RequestKeyKind.Route => "route",
        RequestKeyKind.All => "service",
        RequestKeyKind.Header => $"value of '{Name}'",
        _ => $"cookie '{Name}'",
    };

    public override string ToString() => Name.Length == 0 ? Kind.ToString().ToLowerInvariant() : $"{Kind.ToString().ToLowerInvariant()}:{Name}";

    // RFC 9110 section 5.6.2.
    private static bool IsToken(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
