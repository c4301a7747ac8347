using Banyan.Gateway.Clusters;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Routing;

public sealed class RouteSnapshotTests
{
    [Theory]
    [InlineData("shop.example", "/", "shop")]
    [InlineData("SHOP.example:8080", "/", "shop")]
    [InlineData("shop.example.", "/", "shop")]
    [InlineData("shop.example", "/pets", "shop-pets")]
    [InlineData("shop.example", "/pets/", "shop-pets")]
    [InlineData("shop.example", "/pets/7/toys", "shop-pets")]
    [InlineData("shop.example", "/petshop", "shop")]
    [InlineData("a.example", "/", "wild")]
    [InlineData("b.a.example", "/", "wild")]
    [InlineData("x.deep.example", "/", "deep")]
    [InlineData("deep.example", "/", "wild")]
    [InlineData("example", "/", "any")]
    [InlineData("other.test", "/", "any")]
    [InlineData("other.test", "/pets/toys/9", "any-toys")]
    [InlineData("[::1]:80", "/", "any")]
    [InlineData("", "/", "any")]
    public void Find_follows_the_written_precedence(string host, string path, string expected)
    {
        var table = Compile(
            Entries.Route("any"),
            Entries.Route("any-toys", "/pets/toys"),
            Entries.Route("wild", hosts: ["*.example"]),
            Entries.Route("deep", hosts: ["*.deep.example"]),
            Entries.Route("shop", hosts: ["shop.example"]),
            Entries.Route("shop-pets", "/pets/", ["shop.example"]));

        Assert.Equal(expected, new Asked(host, path).In(table));
    }

    [Fact]
    public void Find_asks_the_next_host_level_when_no_path_matches()
    {
        var table = Compile(Entries.Route("exact", "/a", ["x.example"]), Entries.Route("wild", "/b", ["*.example"]), Entries.Route("any", "/c"));

        Assert.Equal("exact", new Asked("x.example", "/a").In(table));
        Assert.Equal("wild", new Asked("x.example", "/b").In(table));
        Assert.Equal("any", new Asked("x.example", "/c").In(table));
        Assert.Null(new Asked("x.example", "/d").In(table));
    }

    [Fact]
    public void Compile_gives_a_contested_place_to_the_older_route_and_says_so()
    {
        var table = Compile(Entries.Route("newer", "/a", ["x.example", "y.example"], order: 2), Entries.Route("older", "/a/", ["X.example"], order: 1));

        Assert.Equal("older", new Asked("x.example", "/a").In(table));
        Assert.Equal("newer", new Asked("y.example", "/a").In(table));
        var conflict = Assert.Single(table.Conflicts);
        Assert.Equal("default/newer", conflict.Route.ToString());
        Assert.Equal("default/older", conflict.Holder.ToString());
        Assert.Contains("x.example", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_leaves_out_an_invalid_route_and_keeps_the_others()
    {
        var table = Compile(Entries.Route("bad", "no-slash"), Entries.Route("good"));

        Assert.Equal("good", Assert.Single(table.Routes).Name.Name);
        Assert.Equal("default/bad", Assert.Single(table.Conflicts).Route.ToString());
    }

    [Fact]
    public void Find_allocates_nothing()
    {
        var table = Compile([
            .. Enumerable.Range(0, 1000).Select(i => Entries.Route($"r{i}", $"/p{i}/x", [$"h{i % 50}.example"])),
            Entries.Route("wild", hosts: ["*.example"]),
            Entries.Route("regex", s => s with { PathRegex = "/n/[0-9]+", Headers = [new() { Name = "X-A", Prefix = "b" }], Query = [new() { Name = "q", Exact = "1 2" }] }),
        ]);
        Asked plain = new("h7.example:8080", "/p57/x/y/z"), wild = new("a.b.c.example", "/p57/x"), regex = new("other", "/n/42", Query: "p=1&q=1+2", Fields: ("x-a", "bc"));
        Assert.Equal(["r57", "wild", "regex"], new[] { plain, wild, regex }.Select(r => r.In(table)));

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                table.Find(plain.Match);
                table.Find(wild.Match);
                table.Find(regex.Match);
            }
        }));
    }

    [Fact]
    public void Replace_keeps_clusters_and_counters_by_name()
    {
        var routes = new RouteTable(GivenClusters.Table());
        var before = routes.Replace([Entries.Route("a"), Entries.Route("b", "/b")]).Routes[0];
        var after = routes.Replace([Entries.Route("a", "/changed")]).Routes[0];

        Assert.NotSame(before, after);
        Assert.Equal("/changed", after.Path);
        Assert.Same(before.Cluster, after.Cluster);
        Assert.Same(before.Counters, after.Counters);
    }

    internal static RouteSnapshot Compile(params IReadOnlyList<RouteEntry> entries)
    {
        var clusters = GivenClusters.Table();
        return new RouteCompilation(clusters.Get).Apply(entries);
    }
}
