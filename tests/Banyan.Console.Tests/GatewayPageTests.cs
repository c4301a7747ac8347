using System.Text.Json.Nodes;
using Banyan.Console.State;
using Banyan.Console.Views;
using Banyan.Contracts.Registry.V1;
using Banyan.Testing;

namespace Banyan.Console.Tests;

public sealed class GatewayPageTests
{
    [Fact]
    public async Task Routes_page_shows_the_order_of_asking_matches_shares_and_what_goes_over_each()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        await gateway.FillAsync(console);
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/routes", "/s<");

        Assert.Equal(["old-shop", "canary", "pets", "walks", "photos", "home"], System.Text.RegularExpressions.Regex.Matches(page, "<tr data-key=\"([^\"]+)\"").Select(m => m.Groups[1].Value));
        Assert.Contains("GET HEAD", page, StringComparison.Ordinal);
        Assert.Contains("/orders/{id}", page, StringComparison.Ordinal);
        Assert.Contains("5%", page, StringComparison.Ordinal);
        Assert.Contains("rest", page, StringComparison.Ordinal);
        Assert.Contains("by cookie segment, given to new clients", page, StringComparison.Ordinal);
        Assert.Contains("copies 10% to <a href=\"/services/default/pets\">pets</a>", page, StringComparison.Ordinal);
        Assert.Contains("1,204 sent, 2 under way, 1 failed, 3 over budget<", page, StringComparison.Ordinal);
        Assert.Contains("308 to https://shop.example", page, StringComparison.Ordinal);
        Assert.Contains("default/older", page, StringComparison.Ordinal);
        Assert.Contains("4 running", page, StringComparison.Ordinal);
        Assert.Contains("8.0 ms", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_is_asked_only_while_somebody_looks()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        using var browser = await console.SignedInAsync(console.Reader);
        Assert.Equal(0, gateway.Asked);
        await Eventually.True(
            async () =>
            {
                await RunningConsole.SeesAsync(browser, "/routes", "Routes");
                return gateway.Asked > 0;
            },
            "the gateway to be asked");
    }

    [Fact]
    public async Task Clusters_page_shows_who_is_left_out_and_why_and_until_when()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        await gateway.FillAsync(console);
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/clusters", "Ejected");

        Assert.Contains("7 failures in a row; its peers had none. The next try is in 22 s.", page, StringComparison.Ordinal);
        Assert.Contains("gets 35 % of its weight", page, StringComparison.Ordinal);
        Assert.Contains("7 running of 40", page, StringComparison.Ordinal);
        Assert.Contains("5 of 5", page, StringComparison.Ordinal);
        Assert.Contains("It has as many requests as one instance may have; the next go to others.", page, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:5012, west-2", page, StringComparison.Ordinal);
        Assert.Contains("2 waiting", page, StringComparison.Ordinal);
        Assert.Contains("11 refused", page, StringComparison.Ordinal);
        Assert.Contains("1 of 3 in use", page, StringComparison.Ordinal);
        Assert.Contains("212/s", page, StringComparison.Ordinal);
        Assert.Contains("1,480 ms", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_page_shows_what_protects_each_service_and_what_it_did()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        await gateway.FillAsync(console);
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/clusters", "Circuit open");

        Assert.Equal(
            ["least requests", "7 running of 40", "2 waiting", "11 refused", "circuit closed", "hedges after 48 ms", "1,204 hedged, 310 answered by the second", "3 retries over budget", "93 % stay in the zone",
                "calls: 1,000 per min for each header X-Tenant-Id, 25 % of it here, 31 refused", "burst: 50 per 0.50 s of all callers, 0 refused"],
            System.Text.RegularExpressions.Regex.Matches(Section(page, "pets"), "<span>([^<]+)</span>").Select(m => m.Groups[1].Value));
        Assert.Contains("The service failed again when it was tried. The next try is in 2 s.", Section(page, "photos"), StringComparison.Ordinal);
        Assert.Contains("4 failures in a row", Section(page, "photos"), StringComparison.Ordinal);
        Assert.DoesNotContain("hedge", Section(page, "photos"), StringComparison.Ordinal);

        static string Section(string page, string service)
        {
            var from = page.IndexOf($"data-key=\"{service}\"", StringComparison.Ordinal);
            return page[from..page.IndexOf("</section>", from, StringComparison.Ordinal)];
        }
    }

    [Fact]
    public async Task Service_page_tells_the_routes_that_send_it_a_part_or_copies()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        await gateway.FillAsync(console);
        using var browser = await console.SignedInAsync(console.Reader);

        await RunningConsole.SeesAsync(browser, "/services/default/walks", "on shop.example, 5%<");
        await RunningConsole.SeesAsync(browser, "/services/default/pets", "on shop.example, copies of 10%<");
    }

    [Fact]
    public async Task Overview_tells_a_route_whose_instances_are_up_behind_an_open_circuit()
    {
        var gateway = new ToldGateway();
        gateway.Clusters.Add(JsonNode.Parse("""{"domain":"default","name":"monolith","circuit":"open","circuitWhy":"nobody answered"}"""));
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/", "is open. Callers get 503. Nobody answered.");

        Assert.Contains("<span class=\"word\">Circuit open</span>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"circuit":"closed"}""", "No instances", null)]
    [InlineData("""{"circuit":"open","circuitSeconds":0.2}""", "Circuit open", "It failed as a whole. The next try is in 1 s.")]
    [InlineData("""{"circuit":"halfOpen","circuitWhy":"One probe failed.","circuitSeconds":9}""", "Circuit half-open", "One probe failed.")]
    [InlineData("""{"circuit":7,"endpoints":"none","rateLimits":{},"hedges":"many"}""", "No instances", null)]
    public void Cluster_is_said_in_a_few_words(string cluster, string word, string? why)
    {
        var table = new JsonObject { ["clusters"] = new JsonArray(JsonNode.Parse(cluster)) };

        var view = Assert.Single(ClusterView.Of(new GatewayReading(0, 0, [], table, null)));

        Assert.Equal((word, why), (view.Word, view.CircuitWhy));
    }

    [Theory]
    [InlineData("""{"state":"up","active":4}""", 5L, "up", "Up", null)]
    [InlineData("""{"state":"up","active":5}""", 5L, "degraded", "Full", "It has as many requests as one instance may have; the next go to others.")]
    [InlineData("""{"state":"up","active":5}""", null, "up", "Up", null)]
    [InlineData("""{"state":"draining","active":5,"reason":"was asked to"}""", 5L, "draining", "Draining", "was asked to")]
    [InlineData("""{"state":"lost","active":0}""", null, "lost", "Lost", "The registry does not say why.")]
    [InlineData("""{"state":"up","active":0,"ejected":true,"ejectedSeconds":3.1}""", 5L, "degraded", "Ejected", "It failed more than its peers. The next try is in 4 s.")]
    public void Endpoint_that_gets_less_says_why(string endpoint, long? most, string tone, string word, string? why)
    {
        var view = ClusterEndpoint.Of(JsonNode.Parse(endpoint)!.AsObject(), most);

        Assert.Equal((tone, word, why), (view.Tone, view.Word, view.Why));
    }

    [Theory]
    [InlineData("""{"key":"user"}""", "by user")]
    [InlineData("{}", "by address")]
    [InlineData("""{"key":"header:X-Plan"}""", "by header X-Plan")]
    [InlineData("""{"key":"cookie:seg"}""", "by cookie seg")]
    [InlineData("""{"key":"cookie:seg","setCookie":true}""", "by cookie seg, given to new clients")]
    public void Split_says_what_it_divides_by(string split, string text)
    {
        var document = new JsonObject { ["spec"] = new JsonObject { ["split"] = JsonNode.Parse(split) } };

        Assert.Equal(text, RouteView.Of("d", "r", document, (_, _) => (null, null), null).SplitBy);
    }

    [Theory]
    [InlineData("""{"circuit":"closed","endpoints":[{"state":"up"},{"state":"up","ejected":true},{"state":"down"}]}""", 1, null)]
    [InlineData("""{"circuit":"halfOpen","endpoints":[{"state":"up"}]}""", 2, null)]
    [InlineData("""{"circuit":"open","circuitWhy":"nobody answered"}""", 0, "The circuit of 's' is open. Callers get 503. Nobody answered.")]
    public void Route_counts_as_healthy_whom_the_gateway_uses(string cluster, int healthy, string? problem)
    {
        var service = ServiceView.Of("d", "s", null, [Instance("s-1"), Instance("s-2")]);
        var table = new JsonObject { ["clusters"] = new JsonArray(JsonNode.Parse(cluster)) };
        var document = JsonNode.Parse("""{"spec":{"service":{"name":"s"}}}""")!.AsObject();

        var route = RouteView.Of("d", "r", document, (_, _) => (service, ClusterView.Of(new GatewayReading(0, 0, [], table, null))[0]), null);

        Assert.Equal((healthy, 2, problem, problem is not null), (route.Healthy, route.Total, route.Problem, route.CircuitOpen));

        static InstanceView Instance(string id) => InstanceView.Of(new Instance { Domain = "d", Service = "s", Id = id, State = InstanceState.Up });
    }

    [Fact]
    public void Mirror_without_anybody_to_get_copies_does_not_make_the_route_fail()
    {
        var document = JsonNode.Parse("""{"spec":{"respond":{"status":200},"mirror":{"service":{"name":"next"}}}}""")!.AsObject();

        var route = RouteView.Of("d", "r", document, (_, _) => (null, null), null);

        Assert.Equal("There is no service 'next' in domain 'd' to get them.", route.Mirror?.CopiesProblem);
        Assert.Equal(("all", null, false), (route.Mirror?.CopiesShare, route.Problem, route.Dead));
    }

    [Fact]
    public async Task Certificates_page_shows_first_what_ends_first()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await gateway.FillAsync(console, withRoutes: false);
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/certificates", "in 300 days");

        Assert.Equal(["fresh", "old", "pets", "shop"], System.Text.RegularExpressions.Regex.Matches(page, "<tr data-key=\"([^\"]+)\"").Select(m => m.Groups[1].Value));
        Assert.Equal(["Not read yet", "Expired", "Old kept", "Served"], System.Text.RegularExpressions.Regex.Matches(page, "<span class=\"word\">([^<]+)</span></span>").Select(m => m.Groups[1].Value));
        Assert.Contains("and every other name", page, StringComparison.Ordinal);
        Assert.Contains("/etc/tls/shop.pem", page, StringComparison.Ordinal);
        Assert.Contains("does not belong to the certificate", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/clusters", "The gateway has told nothing of clusters yet.")]
    [InlineData("/certificates", "There are no certificates.")]
    public async Task Page_without_content_says_what_to_do_next(string place, string text)
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Reader);
        await RunningConsole.SeesAsync(browser, place, text);
    }

    [Theory]
    [InlineData("""{"requests":110,"failures":3,"averageMilliseconds":20}""", """{"requests":100,"failures":1,"averageMilliseconds":10}""", 2.0, "5.0/s", "120 ms", 1.0)]
    [InlineData("""{"requests":100,"failures":1,"averageMilliseconds":10}""", """{"requests":100,"failures":1,"averageMilliseconds":10}""", 1.0, "0/s", "10 ms", 0.0)]
    [InlineData("""{"requests":5,"failures":0,"averageMilliseconds":7}""", """{"requests":100,"failures":1,"averageMilliseconds":10}""", 1.0, "–", "7.0 ms", null)]
    [InlineData("""{"requests":0,"failures":0,"averageMilliseconds":0}""", null, 0.0, "–", "–", null)]
    [InlineData("""{"requests":4,"failures":4,"averageMilliseconds":0.004}""", null, 0.0, "–", "<0.01 ms", null)]
    [InlineData("""{"requests":"many"}""", """{"requests":[]}""", 1.0, "–", "–", null)]
    public void Traffic_is_what_happened_between_two_readings(string now, string? before, double seconds, string rate, string latency, double? failures)
    {
        var traffic = RouteTraffic.Of(new GatewayReading(0, seconds, Table(now), null, before is null ? null : Table(before)))[("d", "r")];

        Assert.Equal((rate, latency, failures, 1), (traffic.Rate, traffic.Latency, traffic.FailuresPerSecond, traffic.Rank));

        static JsonObject Table(string route)
        {
            var entry = JsonNode.Parse(route)!.AsObject();
            entry["domain"] = "d";
            entry["name"] = "r";
            return new JsonObject { ["routes"] = new JsonArray(entry) };
        }
    }
}
