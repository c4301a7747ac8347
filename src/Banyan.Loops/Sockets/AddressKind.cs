namespace Banyan.Loops.Sockets;

/// <summary>What an address is of.</summary>
public enum AddressKind
{
    /// <summary>No address: the peer of a Unix socket has none.</summary>
    None,

    /// <summary>IPv4 and a port.</summary>
    Ipv4,

    /// <summary>IPv6, a port and perhaps a scope.</summary>
    Ipv6,

    /// <summary>A Unix socket's path.</summary>
    Unix,
}
