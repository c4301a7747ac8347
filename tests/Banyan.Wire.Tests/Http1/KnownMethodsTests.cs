using System.Text;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Tests.Http1;

public sealed class KnownMethodsTests
{
    // RFC 9110 section 9.2; PATCH by RFC 5789.
    [Theory]
    [InlineData("GET", true, true)]
    [InlineData("HEAD", true, true)]
    [InlineData("OPTIONS", true, true)]
    [InlineData("TRACE", true, true)]
    [InlineData("PUT", false, true)]
    [InlineData("DELETE", false, true)]
    [InlineData("POST", false, false)]
    [InlineData("PATCH", false, false)]
    [InlineData("CONNECT", false, false)]
    [InlineData("get", false, false)]
    [InlineData("PURGE", false, false)]
    public void Method_is_safe_or_idempotent_as_registered(string name, bool safe, bool idempotent)
    {
        var method = KnownMethods.Identify(Encoding.ASCII.GetBytes(name));

        Assert.Equal((safe, idempotent), (method.IsSafe(), method.IsIdempotent()));
    }
}
