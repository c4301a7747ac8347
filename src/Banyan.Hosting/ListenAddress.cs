using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Banyan.Hosting;

/// <summary>Where a listener listens: <c>127.0.0.1:7400</c>, <c>[::1]:7400</c>, <c>localhost:7400</c>, <c>*:7400</c> (every address), or <c>7400</c> alone (loopback). Port 0 = any free one.</summary>
/// <param name="Host">Address, <c>localhost</c> or <c>*</c>.</param>
/// <param name="Port">0 to 65535.</param>
public sealed record ListenAddress(string Host, int Port) : IParsable<ListenAddress>
{
    /// <summary>The address to bind.</summary>
    public IPEndPoint EndPoint => new(
        Host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.Parse(Host),
        },
        Port);

    /// <summary>The address a client on this machine uses.</summary>
    public Uri UrlFor(int port) => new(Host is "*" or "0.0.0.0" or "::" or "localhost" ? $"http://127.0.0.1:{port}" : $"http://{Bracketed}:{port}");

    private string Bracketed => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <inheritdoc/>
    public static ListenAddress Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is not an address to listen on: HOST:PORT with an IP address, 'localhost' or '*'.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ListenAddress result)
    {
        result = null;
        if (string.IsNullOrEmpty(s))
        {
            return false;
        }

        var colon = s.LastIndexOf(':');
        var host = colon < 0 ? "127.0.0.1" : s[..colon].Trim('[', ']');
        if (!int.TryParse(s.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            return false;
        }

        if (host is not ("*" or "localhost") && !IPAddress.TryParse(host, out _))
        {
            return false;
        }

        result = new(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Bracketed}:{Port}";
}
