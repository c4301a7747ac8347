using System.Net;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Tests.Sockets;

public sealed class LoopAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:80", AddressKind.Ipv4, 80)]
    [InlineData("0.0.0.0:65535", AddressKind.Ipv4, 65535)]
    [InlineData("[::1]:8080", AddressKind.Ipv6, 8080)]
    [InlineData("[2001:db8::7]:443", AddressKind.Ipv6, 443)]
    [InlineData("unix:/run/banyan/pets.sock", AddressKind.Unix, 0)]
    [InlineData("unix:@pets", AddressKind.Unix, 0)]
    public void TryParse_of_an_address_gives_back_its_text(string text, AddressKind kind, int port)
    {
        Assert.True(LoopAddress.TryParse(text, out var address));

        Assert.Equal((kind, port), (address.Kind, address.Port));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("pets:80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:080")]
    [InlineData("1:80")]
    [InlineData("::1:80")]
    [InlineData("unix:")]
    [InlineData("unix:/a\0b")]
    [InlineData("unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678")]
    public void TryParse_of_anything_else_is_false(string text) => Assert.False(LoopAddress.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1", 80)]
    [InlineData("::1", 443)]
    [InlineData("fe80::1%3", 443)]
    public void Read_of_what_Write_wrote_is_the_same_address(string ip, int port)
    {
        var address = LoopAddress.Of(IPAddress.Parse(ip), port);
        Span<byte> bytes = stackalloc byte[LoopAddress.MaxSocketAddress];

        var length = address.Write(bytes);

        Assert.Equal(address, LoopAddress.Read(bytes[..length]));
        Assert.Equal(IPAddress.Parse(ip), address.ToIPAddress());
    }

    [Fact]
    public void Of_an_IPv6_address_that_stands_for_IPv4_is_IPv4() =>
        Assert.Equal("10.1.2.3:5", LoopAddress.Of(IPAddress.Parse("::ffff:10.1.2.3"), 5).ToString());
}
