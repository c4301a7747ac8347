using System.Net;

namespace Banyan.Console.Tests;

public sealed class PageTests
{
    [Fact]
    public async Task Overview_with_troubles_names_each_with_its_reason_first()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        await RunningConsole.SeesAsync(browser, "/", "release 0.9.3");
        var page = await RunningConsole.SeesAsync(browser, "/", "cannot reach its database");

        Assert.Contains("2 services and 1 route need attention.", page);
        Assert.Contains("service &#x27;photos&#x27; has no instances", page);
        Assert.True(page.IndexOf("id=\"trouble-title\"", StringComparison.Ordinal) < page.IndexOf("id=\"services-title\"", StringComparison.Ordinal));
        Assert.Contains("aria-label=\"pets-1 up, pets-2 down, pets-3 up\"", page);
    }

    [Fact]
    public async Task Overview_with_nothing_says_what_to_do_next()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await browser.GetStringAsync("/");

        Assert.Contains("Nothing runs here yet.", page);
        Assert.Contains("banyan up", page);
        Assert.Contains("banyan apply -f", page);
        Assert.DoesNotContain("Needs attention", page);
    }

    [Fact]
    public async Task Service_page_shows_each_instance_with_state_reason_address_version_zone_and_registration()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/services/default/pets", "cannot reach its database");

        Assert.Contains("data-instance=\"pets-2\" data-state=\"down\"", page);
        Assert.Contains("data-instance=\"pets-1\" data-state=\"up\"", page);
        Assert.Contains("http://127.0.0.1:5012", page);
        Assert.Contains("1.5.0-rc1", page);
        Assert.Contains("zone-a", page);
        Assert.Contains("by itself", page);
        Assert.Contains("kill 41207", page);
        Assert.Contains("<code>/pets</code><span>on shop.example</span>", page);
        Assert.Contains("HTTP GET /healthz every 2s", await browser.GetStringAsync("/services/default/photos"));
    }

    [Fact]
    public async Task Service_page_offers_draining_to_administrators_only()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var admin = await console.SignedInAsync(console.Admin);
        using var reader = await console.SignedInAsync(console.Reader);

        Assert.Contains("instances/pets-1/drain", await RunningConsole.SeesAsync(admin, "/services/default/pets", "pets-3"));
        Assert.DoesNotContain("/drain", await RunningConsole.SeesAsync(reader, "/services/default/pets", "pets-3"));
    }

    [Fact]
    public async Task Unknown_service_is_a_page_with_status_404()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        using var answer = await browser.GetAsync("/services/default/nobody");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("No service &#x27;nobody&#x27;", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Routes_page_shows_host_path_service_and_healthy_endpoints()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/routes", "2 of 3");

        Assert.Contains("shop.example", page);
        Assert.Contains("timeout 10s", page);
        Assert.Contains("prefix stripped", page);
        Assert.Contains("Callers get 503 until one registers.", page);
        Assert.Contains("href=\"/services/default/walks\"", page);
    }

    [Fact]
    public async Task Modules_page_shows_every_module_of_the_process_running()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/modules", "Running");

        foreach (var module in new[] { "store", "registry", "console" })
        {
            Assert.Contains($"data-key=\"{module}\"", page);
        }
    }

    [Fact]
    public async Task Changes_page_shows_who_what_and_the_field_before_and_after()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Reader);

        var page = await RunningConsole.SeesAsync(browser, "/changes", "<del>30s</del>");

        Assert.Contains("<ins>10s</ins>", page);
        Assert.Contains("spec.timeout", page);
        Assert.Contains("<span class=\"who\">operator</span> changed", page);
        Assert.Contains("administrator from 127.0.0.1, field manager cli", page);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/services")]
    [InlineData("/services/default/evil")]
    [InlineData("/changes")]
    public async Task Text_from_outside_is_never_markup(string place)
    {
        const string markup = "<img src=x onerror=alert(1)>\"'&";
        await using var console = await RunningConsole.StartAsync();
        await console.ApplyAsync("services", "default", "evil", System.Text.Json.JsonSerializer.Serialize(new { description = markup, owner = markup }));
        await console.RegisterAsync("evil", "evil-1", 5001, downBecause: markup, version: "<b>1</b>", pid: "1;rm -rf /");
        using var browser = await console.SignedInAsync(console.Admin);

        var page = await RunningConsole.SeesAsync(browser, place, "&lt;img src=x onerror=alert(1)&gt;");

        Assert.DoesNotContain("<img", page);
        Assert.DoesNotContain("<b>1", page);
        Assert.DoesNotContain("kill 1;rm", page);
    }
}
