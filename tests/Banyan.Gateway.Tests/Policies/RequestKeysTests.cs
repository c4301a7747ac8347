using System.Net;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Tests.Policies;

public sealed class RequestKeysTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void OfAddress_is_one_key_for_one_client(string a, string b, bool same) =>
        Assert.Equal(same, RequestKeys.OfAddress(IPAddress.Parse(a).GetAddressBytes()) == RequestKeys.OfAddress(IPAddress.Parse(b).GetAddressBytes()));

    [Fact]
    public void Of_reads_the_part_and_falls_back_to_the_client()
    {
        var address = IPAddress.Parse("192.0.2.1").GetAddressBytes();
        var known = new RequestMatch { Address = address, Fields = new Fields("x-user-id", "user-1") };
        var nobody = new RequestMatch { Address = address };
        var user = KeySource.TryParse("user")!;

        Assert.Equal(RequestKeys.OfValue("user-1"u8), RequestKeys.Of(user, known));
        Assert.Equal(RequestKeys.OfAddress(address), RequestKeys.Of(user, nobody));
        Assert.Equal(RequestKeys.OfAddress(address), RequestKeys.Of(KeySource.Address, known));
        Assert.Equal(RequestKeys.Absent, RequestKeys.Of(user, default));
    }

    [Fact]
    public void What_is_absent_has_one_key_that_is_not_zero()
    {
        Assert.NotEqual(0UL, RequestKeys.Absent);
        Assert.Equal(RequestKeys.Absent, RequestKeys.OfValue([]));
        Assert.Equal(RequestKeys.Absent, RequestKeys.OfAddress([]));
    }

    private sealed class Fields(string name, string value) : IFieldSource
    {
        public bool TryGetField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> wanted, int occurrence, out ReadOnlySpan<byte> found)
        {
            var here = occurrence == 0 && wanted.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(name));
            found = here ? System.Text.Encoding.ASCII.GetBytes(value) : [];
            return here;
        }
    }
}
