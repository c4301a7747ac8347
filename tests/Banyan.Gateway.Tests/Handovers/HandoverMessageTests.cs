using System.Net;
using System.Text;
using Banyan.Gateway.Handovers;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Tests.Handovers;

public sealed class HandoverMessageTests
{
    [Fact]
    public void Message_is_read_as_it_was_written()
    {
        LoopAddress[] addresses = [LoopAddress.Of(IPAddress.Loopback, 8080), LoopAddress.Of(IPAddress.IPv6Any, 443), LoopAddress.Of(IPAddress.Loopback, 8080)];
        var bytes = HandoverMessage.Write(HandoverMessage.Give, addresses);

        Assert.Equal("banyan listeners 1\n127.0.0.1:8080\n[::]:443\n127.0.0.1:8080\n\n", Encoding.UTF8.GetString(bytes));
        Assert.Equal(addresses, HandoverMessage.Read(HandoverMessage.Give, bytes));
        Assert.Empty(HandoverMessage.Read(HandoverMessage.Ask, HandoverMessage.Write(HandoverMessage.Ask, []))!);
        Assert.False(HandoverMessage.IsWhole(bytes.AsSpan(0, bytes.Length - 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("banyan listeners 1\n127.0.0.1:8080\n")]
    [InlineData("banyan listeners 2\n127.0.0.1:8080\n\n")]
    [InlineData("banyan taken 1\n127.0.0.1:8080\n\n")]
    [InlineData("banyan listeners 1\nlocalhost:8080\n\n")]
    [InlineData("banyan listeners 1\n127.0.0.1:8080\n\n\n")]
    public void Anything_else_is_refused(string text) => Assert.Null(HandoverMessage.Read(HandoverMessage.Give, Encoding.UTF8.GetBytes(text)));
}
