using System.Net;
using System.Text;
using Banyan.Gateway.Policies;

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
        Assert.Equal(same, RequestKeys.OfAddress(IPAddress.Parse(a)) == RequestKeys.OfAddress(IPAddress.Parse(b)));

    [Theory]
    [InlineData("sid=abc", "abc")]
    [InlineData("other=1; sid=abc; sid=def", "abc")]
    [InlineData("xsid=1;sid=abc", "abc")]
    [InlineData("sid2=abc", "")]
    [InlineData("sid=", "")]
    [InlineData("", "")]
    [InlineData("sid", "")]
    public void OfCookie_finds_the_value_of_the_name(string field, string value) =>
        Assert.Equal(RequestKeys.OfValue(Encoding.ASCII.GetBytes(value)), RequestKeys.OfCookie(Encoding.ASCII.GetBytes(field), "sid"u8));

    [Fact]
    public void What_is_absent_has_one_key_that_is_not_zero()
    {
        Assert.NotEqual(0UL, RequestKeys.Absent);
        Assert.Equal(RequestKeys.Absent, RequestKeys.OfValue([]));
        Assert.Equal(RequestKeys.Absent, RequestKeys.OfAddress(null));
    }
}
