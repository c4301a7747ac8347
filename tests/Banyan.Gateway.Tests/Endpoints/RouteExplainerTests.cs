using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Ejection;
using Banyan.Gateway.Endpoints;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Endpoints;

public sealed class RouteExplainerTests
{
    private readonly ManualClock _clock = new();
    private readonly ClusterTable _clusters = GivenClusters.Table();

    [Fact]
    public void Endpoints_say_why_they_are_not_eligible()
    {
        _clusters.Apply(new WatchResponse
        {
            Reset = true,
            Changed = { Entries.Instance("app", "a", 1), Entries.Instance("app", "b", 2, InstanceState.Draining, reason: "asked"), Entries.Instance("app", "c", 3) },
        });
        var now = _clock.NowTicks();
        _clusters.Get(new ServiceName("default", "app")).Members[2].Endpoint.Health.Eject(new EjectionRecord("5 failures in a row", now, now + 100, 1));

        var endpoints = Explain("/x", Entries.Route("app")).Decision!.Endpoints!;

        Assert.Equal(
            [("a", true, "up"), ("b", false, "draining: asked"), ("c", false, "ejected: 5 failures in a row")],
            endpoints.Select(e => (e.Id, e.Eligible, e.Because)));
    }

    [Fact]
    public void Times_in_force_are_the_routes_own_or_the_options()
    {
        var times = Explain("/", Entries.Route("app", s => s with { Timeouts = new RouteTimeouts { Connect = "100ms", Total = "1m" } })).Decision!.Timeouts!;

        Assert.Equal((100, 30_000, 300_000, 60_000), (times.ConnectMilliseconds, times.ResponseHeaderMilliseconds, times.IdleMilliseconds, times.TotalMilliseconds));
    }

    [Fact]
    public void Split_is_told_with_bucket_and_part_as_requests_are_divided()
    {
        var route = Entries.Route("app", s => s with
        {
            Service = null,
            Split = new RouteSplit { Key = "header:X-Who", Parts = [new() { Service = new() { Name = "new" }, Share = "30%" }, new() { Service = new() { Name = "old" } }] },
        });
        for (var i = 0; i < 50; i++)
        {
            var decision = Explain("/", [new() { Name = "x-who", Value = $"{i}" }], route).Decision!;

            Assert.Equal(decision.Split!.Bucket < 3000 ? 0 : 1, decision.Split.Part);
            Assert.Equal(decision.Split.Part == 0 ? "new" : "old", decision.Service!.Name);
            Assert.True(decision.Split.KeyFound);
        }

        Assert.False(Explain("/", route).Decision!.Split!.KeyFound);
    }

    [Theory]
    [InlineData("http://a.example/x?y=1#frag", "a.example", "/x?y=1")]
    [InlineData("a.example", "a.example", "/")]
    [InlineData("a.example:81?q", "a.example:81", "/?q")]
    [InlineData("/only/path", "", "/only/path")]
    [InlineData("https://a.example/a/../b", "a.example", "/a/../b")]
    public void Url_is_read_as_a_client_would_send_it(string url, string host, string target)
    {
        var faults = new List<Fault>();
        var asked = AskedRequest.TryRead(new ExplainRequest { Url = url }, faults);

        Assert.Empty(faults);
        Assert.Equal((host, target), (asked!.Host, asked.Target));
    }

    [Theory]
    [InlineData("ftp://a.example/")]
    [InlineData("http://user@a.example/")]
    [InlineData("http:///x")]
    public void Url_that_no_client_sends_is_refused(string url)
    {
        var faults = new List<Fault>();

        Assert.Null(AskedRequest.TryRead(new ExplainRequest { Url = url }, faults));
        Assert.Equal("/url", Assert.Single(faults).Pointer);
    }

    private ExplanationView Explain(string url, params RouteEntry[] entries) => Explain(url, [], entries);

    private ExplanationView Explain(string url, ExplainField[] headers, params RouteEntry[] entries)
    {
        var routes = new RouteTable(_clusters);
        routes.Replace(entries);
        return new RouteExplainer(routes, new GatewayOptions(), _clock).Explain(AskedRequest.TryRead(new ExplainRequest { Url = url, Headers = headers }, [])!);
    }
}
