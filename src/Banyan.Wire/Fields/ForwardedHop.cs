namespace Banyan.Wire.Fields;

/// <summary>What one hop knows about a request it passes on.</summary>
/// <param name="client">The peer's address as text, IPv6 without brackets and without a port; <c>unknown</c> when there is none.</param>
/// <param name="host">The authority the client asked for; may be empty.</param>
/// <param name="isHttps">Whether the client came by TLS.</param>
/// <param name="trusted">Whether the peer's own word about the client before it is believed.</param>
public readonly ref struct ForwardedHop(ReadOnlySpan<byte> client, ReadOnlySpan<byte> host, bool isHttps, bool trusted)
{
    /// <summary>The peer's address.</summary>
    public ReadOnlySpan<byte> Client { get; } = client;

    /// <summary>The authority the client asked for.</summary>
    public ReadOnlySpan<byte> Host { get; } = host;

    /// <summary>Whether the client came by TLS.</summary>
    public bool IsHttps { get; } = isHttps;

    /// <summary>Whether the peer's own word is believed.</summary>
    public bool Trusted { get; } = trusted;

    /// <summary>The scheme's name.</summary>
    public ReadOnlySpan<byte> Scheme => IsHttps ? "https"u8 : "http"u8;
}
