using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests.Fields;

public sealed class ViaFieldTests
{
    [Theory]
    [InlineData("", "Via: 1.1 gw-1\n")]
    [InlineData("Via: 1.0 fred\r\nVia: 2 p (a, b)\r\n", "Via: 1.0 fred, 2 p (a, b), 1.1 gw-1\n")]
    public void Write_continues_the_list_on_one_line(string fields, string expected)
    {
        var (bytes, head) = Heads.Request(fields);

        Assert.Equal(expected, Heads.Written((ref HeadWriter writer) => ViaField.Write(ref writer, bytes, head.Fields, "1.1"u8, "gw-1"u8)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("Via: 1.1 gw-1\r\n", true)]
    [InlineData("Via: 1.0 fred, 1.1 gw-1 (Banyan), 2 x\r\n", true)]
    [InlineData("Via: 1.0 fred\r\nVia: 1.1\tgw-1,x\r\n", true)]
    [InlineData("Via: 1.1 gw-12\r\n", false)]
    [InlineData("Via: 1.1 my-gw-1\r\n", false)]
    [InlineData("Via: gw-1\r\n", false)]
    [InlineData("Via: 1.1 gw-12, 1.1 gw-1\r\n", true)]
    public void Names_knows_its_own_name_as_a_whole_word(string fields, bool expected)
    {
        var (bytes, head) = Heads.Request(fields);

        Assert.Equal(expected, ViaField.Names(bytes, head.Fields, "gw-1"u8));
    }

    [Theory]
    [InlineData("Max-Forwards: 0\r\n", true, 0)]
    [InlineData("Max-Forwards: 17\r\n", true, 17)]
    [InlineData("Max-Forwards: x\r\n", false, 0)]
    [InlineData("Max-Forwards: -1\r\n", false, 0)]
    [InlineData("Max-Forwards: 1\r\nMax-Forwards: 2\r\n", false, 0)]
    [InlineData("", false, 0)]
    public void MaxForwards_is_one_number(string fields, bool there, long hops)
    {
        var (bytes, head) = Heads.Request(fields, "OPTIONS / HTTP/1.1");

        var read = MaxForwardsField.TryRead(bytes, head.Fields, out var value);

        Assert.Equal((there, there ? hops : value), (read, value));
    }
}
