using System.Text.Json.Nodes;
using Banyan.Console.State;
using Banyan.Console.Views;
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

        await RunningConsole.SeesAsync(browser, "/routes", "/s<");
        var page = await RunningConsole.SeesAsync(browser, "/routes", "X-Beta: 1");

        Assert.Equal(["old-shop", "canary", "pets", "walks", "photos", "home"], System.Text.RegularExpressions.Regex.Matches(page, "<tr data-key=\"([^\"]+)\"").Select(m => m.Groups[1].Value));
        Assert.Contains("GET HEAD", page, StringComparison.Ordinal);
        Assert.Contains("/orders/{id}", page, StringComparison.Ordinal);
        Assert.Contains("5%", page, StringComparison.Ordinal);
        Assert.Contains("rest", page, StringComparison.Ordinal);
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
        await RunningConsole.SeesAsync(browser, "/routes", "Routes");
        await Eventually.True(() => gateway.Asked > 0, "the gateway to be asked");
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

        Assert.Contains("7 failures in a row; its peers had none. Tried again in 22 s.", page, StringComparison.Ordinal);
        Assert.Contains("gets 35 % of its weight", page, StringComparison.Ordinal);
        Assert.Contains("7 running of 40", page, StringComparison.Ordinal);
        Assert.Contains("2 waiting", page, StringComparison.Ordinal);
        Assert.Contains("11 refused", page, StringComparison.Ordinal);
        Assert.Contains("1 of 3 in use", page, StringComparison.Ordinal);
        Assert.Contains("212/s", page, StringComparison.Ordinal);
        Assert.Contains("1,480 ms", page, StringComparison.Ordinal);
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
