using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Tests.Routing;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/pets/7", "/pets/7")]
    [InlineData("/p%65ts", "/pets")]
    [InlineData("/p%65ts/%7e", "/pets/~")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9")]
    [InlineData("/100%25", "/100%25")]
    [InlineData("//a", "//a")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/...", "/...")]
    [InlineData("/a..", "/a..")]
    [InlineData("/a;b=c", "/a;b=c")]
    public void TryNormalise_gives_one_form(string raw, string expected)
    {
        Assert.Equal(RequestPath.Fault.None, RequestPath.TryNormalise(raw, new char[raw.Length], false, out var normal));
        Assert.Equal(expected, normal.ToString());
    }

    [Theory]
    [InlineData("/a/../b", "DotSegment")]
    [InlineData("/..", "DotSegment")]
    [InlineData("/.", "DotSegment")]
    [InlineData("/a/./b", "DotSegment")]
    [InlineData("/a/%2e%2E/b", "DotSegment")]
    [InlineData("/a/.%2e", "DotSegment")]
    [InlineData("/a/..;x=1/b", "DotSegment")]
    [InlineData("/a/.;/b", "DotSegment")]
    [InlineData("/a/..%3bx/b", "DotSegment")]
    [InlineData("/a%2fb", "EncodedSeparator")]
    [InlineData("/a%2Fb", "EncodedSeparator")]
    [InlineData("/a%5cb", "EncodedSeparator")]
    [InlineData("/a%00", "EncodedNul")]
    [InlineData("/a%", "BrokenEscape")]
    [InlineData("/a%2", "BrokenEscape")]
    [InlineData("/a%zz", "BrokenEscape")]
    [InlineData("/a%u0041", "BrokenEscape")]
    [InlineData("/a\\b", "Backslash")]
    [InlineData("/a#b", "Fragment")]
    [InlineData("/a b", "ControlOrNonAscii")]
    [InlineData("/a\u0001", "ControlOrNonAscii")]
    [InlineData("/caf\u00e9", "ControlOrNonAscii")]
    [InlineData("pets", "NotOriginForm")]
    [InlineData("", "NotOriginForm")]
    public void TryNormalise_refuses_what_two_sides_could_read_differently(string raw, string fault) =>
        Assert.Equal(fault, RequestPath.TryNormalise(raw, new char[raw.Length], false, out _).ToString());

    [Fact]
    public void TryNormalise_keeps_an_escaped_slash_escaped_when_it_is_let_through()
    {
        Assert.Equal(RequestPath.Fault.None, RequestPath.TryNormalise("/a%2fb", new char[6], true, out var normal));
        Assert.Equal("/a%2Fb", normal.ToString());
    }

    [Fact]
    public void TryNormalise_is_idempotent_and_never_longer()
    {
        var random = new Random(7);
        const string Alphabet = "/a.%25eE2fF;\\Z~";
        for (var i = 0; i < 20_000; i++)
        {
            var raw = "/" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            if (RequestPath.TryNormalise(raw, new char[raw.Length], false, out var once) != RequestPath.Fault.None)
            {
                continue;
            }

            var first = once.ToString();
            Assert.True(first.Length <= raw.Length);
            Assert.Equal(raw.Count(c => c == '/'), first.Count(c => c == '/'));
            Assert.DoesNotContain("/../", first + "/", StringComparison.Ordinal);
            Assert.Equal(RequestPath.Fault.None, RequestPath.TryNormalise(first, new char[first.Length], false, out var twice));
            Assert.Equal(first, twice.ToString());
        }
    }
}
