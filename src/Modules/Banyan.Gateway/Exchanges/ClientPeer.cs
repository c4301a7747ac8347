using System.Net;
using System.Text;

namespace Banyan.Gateway.Exchanges;

/// <summary>Who is at the other end of a client's connection, in the forms requests need.</summary>
internal sealed class ClientPeer
{
    public static readonly ClientPeer Unknown = new();

    private ClientPeer() => Text = "unknown"u8.ToArray();

    /// <summary>Describes a peer; IPv4 addresses mapped into IPv6 are taken for IPv4.</summary>
    public ClientPeer(IPAddress address, GatewayIdentity identity, bool secure = false)
    {
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Text = Encoding.ASCII.GetBytes(Address.ToString());
        AddressBytes = Address.GetAddressBytes();
        IsTrusted = identity.Trusts(Address);
        IsSecure = secure;
    }

    /// <summary>Null for peers without one, as on Unix sockets.</summary>
    public IPAddress? Address { get; }

    /// <summary>The address in network order; empty for peers without one.</summary>
    public byte[] AddressBytes { get; } = [];

    /// <summary>The address as <c>X-Forwarded-For</c> has it.</summary>
    public byte[] Text { get; }

    /// <summary>True: what it says about the client before it is believed.</summary>
    public bool IsTrusted { get; }

    /// <summary>True: the connection is TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>True: it speaks HTTP/2, though its requests come as HTTP/1.1 here.</summary>
    public bool IsHttp2 { get; private set; }

    /// <summary>The same peer, of which is known that it speaks HTTP/2.</summary>
    public ClientPeer OverHttp2()
    {
        var peer = (ClientPeer)MemberwiseClone();
        peer.IsHttp2 = true;
        return peer;
    }
}
