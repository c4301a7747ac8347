using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Banyan.Hosting;

/// <summary>
/// Where a listener listens: <c>127.0.0.1:7400</c>, <c>[::1]:7400</c>, <c>localhost:7400</c>, <c>*:7400</c> (every address), or <c>7400</c> alone (loopback). Port 0 =
/// any free one. <c>unix:/path</c> is a Unix socket; not every listener can be one (<see cref="UnixPath"/>).
/// </summary>
/// <param name="Host">Address, <c>localhost</c>, <c>*</c> or <c>unix:/path</c>.</param>
/// <param name="Port">0 to 65535; 0 for a Unix socket.</param>
public sealed record ListenAddress(string Host, int Port) : IParsable<ListenAddress>
{
    private const string UnixPrefix = "unix:";

    /// <summary>The path of a Unix socket; null for an IP address.</summary>
    public string? UnixPath => Host.StartsWith(UnixPrefix, StringComparison.Ordinal) ? Host[UnixPrefix.Length..] : null;

    /// <summary>The IP address to bind; not for a Unix socket.</summary>
    public IPEndPoint EndPoint => new(
        Host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.Parse(Host),
        },
        Port);

    /// <summary>The address a client on this machine uses; <c>unix:/path</c> for a Unix socket.</summary>
    public Uri UrlFor(int port) => UnixPath is not null ? new(Host) : new(Host is "*" or "0.0.0.0" or "::" or "localhost" ? $"http://127.0.0.1:{port}" : $"http://{Bracketed}:{port}");

    private string Bracketed => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <inheritdoc/>
    public static ListenAddress Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is not an address to listen on: HOST:PORT with an IP address, 'localhost' or '*', or unix:/path.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ListenAddress result)
    {
        result = null;
        if (string.IsNullOrEmpty(s))
        {
            return false;
        }

        if (s.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            // The longest path that fits every system's address (unix(7): 107 bytes and an end).
            const int longestPath = 107;
            if (s.Length == UnixPrefix.Length || s[UnixPrefix.Length] != '/' || s.Contains('\0', StringComparison.Ordinal)
                || Encoding.UTF8.GetByteCount(s) - UnixPrefix.Length > longestPath)
            {
                return false;
            }

            result = new(s, 0);
            return true;
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
    public override string ToString() => UnixPath is not null ? Host : $"{Bracketed}:{Port}";
}
