using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Tests.Kinds;

public sealed class RouteRulesTests
{
    [Fact]
    public void Check_accepts_a_full_spec() =>
        Assert.Empty(RouteRules.Check(Spec(["shop.example", "*.shop.example", "xn--caf-dma.example"], "/a/b-c/", "1.5s")));

    [Theory]
    [InlineData("*")]
    [InlineData("a.*.example")]
    [InlineData("*a.example")]
    [InlineData("http://shop.example")]
    [InlineData("shop.example:80")]
    [InlineData("shop..example")]
    [InlineData("-shop.example")]
    [InlineData("café.example")]
    [InlineData("shop example")]
    [InlineData("")]
    public void Check_refuses_a_bad_host_with_its_place(string host)
    {
        var fault = Assert.Single(RouteRules.Check(Spec(["ok.example", host], "/", null)));

        Assert.Equal("/spec/hosts/1", fault.Pointer);
        Assert.Equal("bad-host", fault.Code);
    }

    [Theory]
    [InlineData("pets")]
    [InlineData("/a/../b")]
    [InlineData("/a/./b")]
    [InlineData("/a//b")]
    [InlineData("/a?b=1")]
    [InlineData("/a#b")]
    [InlineData("/a%20b")]
    [InlineData("/a b")]
    [InlineData("/a*{id}")]
    public void Check_refuses_a_bad_path_with_its_place(string path)
    {
        var fault = Assert.Single(RouteRules.Check(Spec(null, path, null)));

        Assert.Equal("/spec/path", fault.Pointer);
        Assert.Equal("bad-path", fault.Code);
    }

    [Fact]
    public void Check_tells_all_faults_at_once()
    {
        var faults = RouteRules.Check(Spec(["a.example", "A.example.", "*"], "x", "soon"));

        Assert.Equal(["/spec/hosts/1", "/spec/hosts/2", "/spec/path", "/spec/timeout"], faults.Select(f => f.Pointer));
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void TryParseDuration_reads_number_and_unit(string text, int milliseconds)
    {
        Assert.True(RouteRules.TryParseDuration(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("2h")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData(" 1s")]
    public void TryParseDuration_refuses_everything_else(string text) => Assert.False(RouteRules.TryParseDuration(text, out _));

    private static RouteSpec Spec(string[]? hosts, string? path, string? timeout) =>
        new() { Hosts = hosts, Path = path, Timeout = timeout, Service = new RouteService { Name = "s" } };
}
