using System.Text;
using Banyan.Wire.Paths;

namespace Banyan.Wire.Tests.Paths;

public sealed class PathNormaliserTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/pets/7", "/pets/7")]
    [InlineData("/p%65ts", "/pets")]
    [InlineData("/p%65ts/%7e", "/pets/~")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9")]
    [InlineData("/100%25", "/100%25")]
    [InlineData("/a%3f%23", "/a%3F%23")]
    [InlineData("//a", "//a")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/.a%62", "/.ab")]
    [InlineData("/...", "/...")]
    [InlineData("/a..", "/a..")]
    [InlineData("/a;b=c", "/a;b=c")]
    [InlineData("/%e0%a0%80%f0%90%80%80", "/%E0%A0%80%F0%90%80%80")]
    [InlineData("/%e0a", "/%E0a")]
    public void Normalise_gives_one_form(string raw, string expected) =>
        Assert.Equal((PathFault.None, expected), Normalise(raw));

    [Theory]
    [InlineData("/a/../b", PathFault.DotSegment)]
    [InlineData("/..", PathFault.DotSegment)]
    [InlineData("/.", PathFault.DotSegment)]
    [InlineData("/a/%2e%2E/b", PathFault.DotSegment)]
    [InlineData("/a/.%2e", PathFault.DotSegment)]
    [InlineData("/a/..;x=1/b", PathFault.DotSegment)]
    [InlineData("/a/..%3bx/b", PathFault.DotSegment)]
    [InlineData("/a%2fb", PathFault.EncodedSeparator)]
    [InlineData("/a%5Cb", PathFault.EncodedSeparator)]
    [InlineData("/a%00", PathFault.EncodedNul)]
    [InlineData("/a%", PathFault.BrokenEscape)]
    [InlineData("/a%2", PathFault.BrokenEscape)]
    [InlineData("/a%zz", PathFault.BrokenEscape)]
    [InlineData("/a%c0%ae", PathFault.OverlongEscape)]
    [InlineData("/a%e0%9f%bf", PathFault.OverlongEscape)]
    [InlineData("/a%f0%8f%bf%bf", PathFault.OverlongEscape)]
    [InlineData("/a\\b", PathFault.Backslash)]
    [InlineData("/a#b", PathFault.Fragment)]
    [InlineData("/a b", PathFault.ControlOrNonAscii)]
    [InlineData("/a\u0001", PathFault.ControlOrNonAscii)]
    [InlineData("/a\u007f", PathFault.ControlOrNonAscii)]
    [InlineData("/caf\u00e9", PathFault.ControlOrNonAscii)]
    [InlineData("pets", PathFault.NotOriginForm)]
    [InlineData("*", PathFault.NotOriginForm)]
    [InlineData("", PathFault.NotOriginForm)]
    public void Normalise_refuses_what_two_sides_could_read_differently(string raw, PathFault fault) =>
        Assert.Equal(fault, Normalise(raw).Fault);

    [Fact]
    public void Normalise_keeps_an_escaped_slash_escaped_when_it_is_let_through()
    {
        var options = new PathOptions { AllowEncodedSlash = true };

        Assert.Equal((PathFault.None, "/a%2Fb"), Normalise("/a%2fb", options));
        Assert.Equal((PathFault.None, "/a%5Cb"), Normalise("/a%5cb", options));
        Assert.Equal(PathFault.DotSegment, Normalise("/%2f/..", options).Fault);
    }

    [Fact]
    public void Normal_form_is_its_own_never_longer_and_has_the_same_segments()
    {
        var random = new Random(7);
        const string Alphabet = "/a.%25eE2fF3cC0;\\Z~#?";
        var normal = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var raw = "/" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var (fault, first) = Normalise(raw);
            if (fault != PathFault.None)
            {
                continue;
            }

            normal++;
            Assert.True(first.Length <= raw.Length, raw);
            Assert.Equal(raw.Count(c => c == '/'), first.Count(c => c == '/'));
            Assert.DoesNotContain("/../", first + "/", StringComparison.Ordinal);
            Assert.Equal((PathFault.None, first), Normalise(first));
        }

        Assert.True(normal > 10_000, $"only {normal}");
    }

    [Theory]
    [InlineData("/pets/7", 1, "/7")]
    [InlineData("/pets", 1, "/")]
    [InlineData("/pets/", 1, "/")]
    [InlineData("/p%65ts/a%20b", 1, "/a%20b")]
    [InlineData("/a/b/c", 2, "/c")]
    [InlineData("/a/b/c", 0, "/a/b/c")]
    [InlineData("/a/b", 5, "/")]
    [InlineData("/a//c", 1, "//c")]
    public void WithoutSegments_cuts_the_raw_path(string path, int segments, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(PathNormaliser.WithoutSegments(Encoding.ASCII.GetBytes(path), segments)));

    [Theory]
    [InlineData("/", 0)]
    [InlineData("/a", 1)]
    [InlineData("/a/", 2)]
    [InlineData("/a/b", 2)]
    public void CountSegments_counts_what_WithoutSegments_cuts(string path, int segments) =>
        Assert.Equal(segments, PathNormaliser.CountSegments(Encoding.ASCII.GetBytes(path)));

    private static (PathFault Fault, string Normal) Normalise(string raw, PathOptions? options = null)
    {
        var bytes = Encoding.Latin1.GetBytes(raw);
        var fault = PathNormaliser.Normalise(bytes, new byte[bytes.Length], options ?? PathOptions.Default, out var normal);
        return (fault, Encoding.ASCII.GetString(normal));
    }
}
