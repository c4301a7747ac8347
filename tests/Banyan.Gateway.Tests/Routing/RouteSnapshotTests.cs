using Banyan.Gateway.Clusters;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;

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

        Assert.Equal(expected, table.Find(host, path)?.Name.Name);
    }

    [Fact]
    public void Find_asks_the_next_host_level_when_no_path_matches()
    {
        var table = Compile(Entries.Route("exact", "/a", ["x.example"]), Entries.Route("wild", "/b", ["*.example"]), Entries.Route("any", "/c"));

        Assert.Equal("exact", table.Find("x.example", "/a")?.Name.Name);
        Assert.Equal("wild", table.Find("x.example", "/b")?.Name.Name);
        Assert.Equal("any", table.Find("x.example", "/c")?.Name.Name);
        Assert.Null(table.Find("x.example", "/d"));
    }

    [Fact]
    public void Compile_gives_a_contested_place_to_the_older_route_and_says_so()
    {
        var table = Compile(Entries.Route("newer", "/a", ["x.example", "y.example"], order: 2), Entries.Route("older", "/a/", ["X.example"], order: 1));

        Assert.Equal("older", table.Find("x.example", "/a")?.Name.Name);
        Assert.Equal("newer", table.Find("y.example", "/a")?.Name.Name);
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
        var table = Compile([.. Enumerable.Range(0, 1000).Select(i => Entries.Route($"r{i}", $"/p{i}/x", [$"h{i % 50}.example"])), Entries.Route("wild", hosts: ["*.example"])]);
        Assert.NotNull(table.Find("h7.example", "/p57/x/y"));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            table.Find("h7.example:8080", "/p57/x/y/z");
            table.Find("a.b.c.example", "/p57/x");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Replace_keeps_clusters_and_counters_by_name()
    {
        var routes = new RouteTable(GivenClusters.Table());
        var before = routes.Replace([Entries.Route("a"), Entries.Route("b", "/b")]).Routes[0];
        var after = routes.Replace([Entries.Route("a", "/changed")]).Routes[0];

        Assert.NotSame(before, after);
        Assert.Same(before.Cluster, after.Cluster);
        Assert.Same(before.Counters, after.Counters);
    }

    internal static RouteSnapshot Compile(params RouteEntry[] entries)
    {
        var clusters = GivenClusters.Table();
        return RouteSnapshot.Compile(entries, clusters.Get, _ => new RouteCounters());
    }
}
