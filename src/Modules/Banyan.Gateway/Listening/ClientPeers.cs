using Banyan.Gateway.Exchanges;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>
/// The peers of a loop's connections, described once for connections from the same address: behind a load balancer, or from one busy client, nearly all. A table
/// of fixed size where a later address takes the place of an earlier one; for the loop's thread only.
/// </summary>
internal sealed class ClientPeers(GatewayIdentity identity)
{
    private const int Places = 256;

    private readonly (LoopAddress Address, ClientPeer Peer)[] _known = new (LoopAddress, ClientPeer)[Places];

    /// <summary>Who connects from an address.</summary>
    /// <param name="address">Where from; its port does not matter.</param>
    /// <param name="secure">True: by TLS.</param>
    public ClientPeer Of(in LoopAddress address, bool secure)
    {
        var host = address.WithoutPort;
        ref var place = ref _known[(uint)HashCode.Combine(host, secure) % Places];
        if (place.Peer is { } known && known.IsSecure == secure && place.Address == host)
        {
            return known;
        }

        if (address.ToIPAddress() is not { } ip)
        {
            return ClientPeer.Unknown;
        }

        place = (host, new ClientPeer(ip, identity, secure));
        return place.Peer;
    }
}
