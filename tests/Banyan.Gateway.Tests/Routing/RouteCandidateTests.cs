using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Routing;

public sealed class RouteCandidateTests
{
    [Fact]
    public void Candidates_come_in_the_order_they_are_asked_in_with_what_is_missing()
    {
        var table = RouteSnapshotTests.Compile(
            Entries.Route("any"),
            Entries.Route("wild", "/p", ["*.example", "*.b.example"]),
            Entries.Route("post", s => s with { Hosts = ["a.b.example"], Path = "/p", Methods = ["POST", "PUT"] }),
            Entries.Route("header", s => s with { Hosts = ["a.b.example"], Path = "/p", Headers = [new() { Name = "X-A", Prefix = "v" }] }),
            Entries.Route("query", s => s with { Hosts = ["a.b.example"], Path = "/p", Query = [new() { Name = "q", Exact = "1" }] }),
            Entries.Route("elsewhere", "/p", ["other.example"]));
        var asked = new Asked("A.b.example:80", "/p", "GET", "q=%32", null, ("X-A", "w"));

        var candidates = RouteCandidate.Of(table, asked.Match);

        Assert.Equal(
            [
                ("post", "a.b.example", "the method is GET, not POST or PUT"),
                ("header", "a.b.example", "header x-a begins with 'v': the request has 'w'"),
                ("query", "a.b.example", "query parameter q = '1': the request has '2'"),
                ("wild", "*.b.example", null),
                ("any", "", null),
            ],
            candidates.Select(c => (c.Route.Name.Name, c.Host, c.Unmet)));
        Assert.Equal("wild", asked.In(table));
    }

    [Fact]
    public void Near_routes_have_the_host_or_the_path()
    {
        var table = RouteSnapshotTests.Compile(Entries.Route("host", "/p", ["a.example"]), Entries.Route("path", "/q", ["b.example"]), Entries.Route("neither", "/p", ["b.example"]));

        var near = RouteCandidate.Near(table, new Asked("a.example", "/q").Match, 10);

        Assert.Equal([("host", "takes the host, but path '/p'"), ("path", "takes the path, but of host b.example")], near.Select(n => (n.Route.Name.Name, n.Why)));
        Assert.Single(RouteCandidate.Near(table, new Asked("a.example", "/q").Match, 1));
    }
}
