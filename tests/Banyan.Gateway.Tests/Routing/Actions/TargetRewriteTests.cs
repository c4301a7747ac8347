using System.Text;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Tests.Routing.Actions;

public sealed class TargetRewriteTests
{
    [Theory]
    [InlineData("/pets/7?a=/b", 1, "/", "/7?a=/b")]
    [InlineData("/pets", 1, "/", "/")]
    [InlineData("/pets?x=1", 1, "/", "/?x=1")]
    [InlineData("/pets/", 1, "/", "/")]
    [InlineData("/p%65ts/a%20b", 1, "/", "/a%20b")]
    [InlineData("/a/b/c", 2, "/", "/c")]
    [InlineData("/a/b/c", 0, "/", "/a/b/c")]
    [InlineData("/a//c", 1, "/", "//c")]
    [InlineData("/a/b?q", 1, "/v2", "/v2/b?q")]
    [InlineData("/a", 1, "/v2/", "/v2")]
    [InlineData("/a/", 1, "/v2", "/v2/")]
    [InlineData("/x/y", 0, "/all", "/all/x/y")]
    public void Prefix_takes_the_place_of_the_first_raw_segments(string target, int segments, string prefix, string expected) =>
        Assert.Equal(expected, TargetRewrite.Prefix(prefix, segments).Apply(target));

    [Theory]
    [InlineData("/users/{id}/pets/{pet}", "/v2/{pet}/of/{id}", "/users/a%20b/pets/7?x=1", "/v2/7/of/a%20b?x=1")]
    [InlineData("/users/{id}", "/fixed", "/users/7", "/fixed")]
    [InlineData("/users/{id}", "/{id}/{id}", "/users/7?", "/7/7?")]
    [InlineData("/files/{name}/{*rest}", "/{name}/raw/{*rest}", "/files/a/b/c?d", "/a/raw/b/c?d")]
    [InlineData("/files/{*rest}", "/{*rest}", "/files", "/")]
    [InlineData("/files/{*rest}", "/f/{*rest}", "/files/", "/f/")]
    public void Template_writes_parameters_as_the_client_wrote_them(string pattern, string template, string target, string expected) =>
        Assert.Equal(expected, TargetRewrite.Template(template, PathPattern.Template(pattern)).Apply(target));

    [Fact]
    public void TryWrite_says_when_the_place_is_too_small_and_never_needs_more_than_it_says()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var target = "/" + string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => "a/b%2?"[random.Next(6)]));
            var rewrite = random.Next(2) == 0
                ? TargetRewrite.Prefix("/v2", random.Next(4))
                : TargetRewrite.Template("/x/{a}/{a}/{*r}", PathPattern.Template("/{a}/{b}/{*r}"));
            var raw = Encoding.ASCII.GetBytes(target);
            var to = new byte[rewrite.MaxLength(raw.Length)];

            Assert.True(rewrite.TryWrite(raw, to, out var written));
            Assert.Equal((byte)'/', to[0]);
            Assert.False(rewrite.TryWrite(raw, to.AsSpan(0, written - 1), out _));
        }
    }

    [Theory]
    [InlineData(null, null, null, null, false, "shop.example:8080", "/a?b", "http://shop.example:8080/a?b")]
    [InlineData("https", null, null, null, false, "shop.example:8080", "/a?b", "https://shop.example/a?b")]
    [InlineData("https", null, 8443, null, false, "shop.example:8080", "/", "https://shop.example:8443/")]
    [InlineData(null, "new.example", null, null, true, "shop.example:444", "/x", "https://new.example/x")]
    [InlineData(null, null, null, "/login", true, "[::1]:444", "/x?next=1", "https://[::1]:444/login?next=1")]
    [InlineData("https", null, null, null, false, "[::1]", "/", "https://[::1]/")]
    public void Location_keeps_what_is_not_set(string? scheme, string? host, int? port, string? path, bool https, string from, string target, string expected)
    {
        var rewrite = path is null ? null : TargetRewrite.Template(path, PathPattern.Prefix("/"));

        Assert.Equal(expected, new RedirectAnswer(302, scheme, host, port, rewrite).Location(https, from, target));
    }
}
