using System.Net;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Listening;
using Banyan.Loops.Sockets;
using Xunit;

namespace Banyan.Gateway.Tests.Listening;

public sealed class ClientPeersTests
{
    private readonly ClientPeers _peers = new(new GatewayIdentity(new GatewayOptions()));

    [Fact]
    public void Connections_from_one_address_share_a_peer_whatever_their_port()
    {
        var first = Of("192.0.2.1", 1000);
        Assert.Same(first, Of("192.0.2.1", 2000));
        Assert.Equal("192.0.2.1"u8, first.Text);
        Assert.NotSame(first, Of("192.0.2.1", 1000, secure: true));
        Assert.Equal("192.0.2.2"u8, Of("192.0.2.2", 1000).Text);
        Assert.Same(ClientPeer.Unknown, _peers.Of(default, secure: false));
    }

    [Fact]
    public void Peer_is_right_for_many_more_addresses_than_are_kept()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 2_000; i++)
            {
                var address = $"10.0.{i / 250}.{i % 250}";
                Assert.Equal(IPAddress.Parse(address), Of(address, i, secure: i % 3 == 0).Address);
                Assert.Equal(i % 3 == 0, Of(address, 1, secure: i % 3 == 0).IsSecure);
            }
        }
    }

    private ClientPeer Of(string address, int port, bool secure = false) => _peers.Of(LoopAddress.Of(IPAddress.Parse(address), port), secure);
}
