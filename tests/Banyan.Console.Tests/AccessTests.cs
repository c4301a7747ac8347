using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Banyan.Contracts.Registry;
using Banyan.Resources;

namespace Banyan.Console.Tests;

public sealed partial class AccessTests
{
    private static readonly string[] Places = ["/", "/services", "/services/default/pets", "/routes", "/changes", "/modules"];

    [Fact]
    public async Task Pages_without_a_session_lead_to_sign_in()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = console.Browser();

        foreach (var place in Places)
        {
            using var answer = await browser.GetAsync(place);
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal("/signin", answer.Headers.Location?.OriginalString);
        }

        using var live = await browser.GetAsync("/live?page=/");
        Assert.Equal(HttpStatusCode.Unauthorized, live.StatusCode);
    }

    [Fact]
    public async Task Sign_in_sets_a_cookie_scripts_and_other_sites_cannot_use()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = console.Browser();

        using var answer = await console.SignInAsync(browser, console.Admin);

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(console.Admin, cookie);
        Assert.Contains("<b>operator</b>", await browser.GetStringAsync("/"));
    }

    [Fact]
    public async Task Sign_in_with_an_unknown_or_a_services_token_is_refused()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = console.Browser();

        foreach (var token in new[] { "bny_a_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", console.Service, string.Empty, "<script>" })
        {
            using var answer = await console.SignInAsync(browser, token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task Sign_in_after_too_many_failures_must_wait_even_with_a_good_token()
    {
        await using var console = await RunningConsole.StartAsync(("console.signInAttempts", "3"));
        using var browser = console.Browser();
        for (var i = 0; i < 3; i++)
        {
            using var failed = await console.SignInAsync(browser, "bny_a_wrong");
            Assert.Equal(HttpStatusCode.Forbidden, failed.StatusCode);
        }

        using var answer = await console.SignInAsync(browser, console.Admin);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("http://evil.example")]
    public async Task Post_from_another_origin_is_refused(string? origin)
    {
        await using var console = await RunningConsole.StartAsync();
        await console.RegisterAsync("pets", "pets-1", 5001);
        using var browser = await console.SignedInAsync(console.Admin);
        using var stranger = console.Browser();

        using var drain = await RunningConsole.PostAsync(browser, "/services/default/pets/instances/pets-1/drain", origin);
        using var leave = await RunningConsole.PostAsync(browser, "/signout", origin);
        using var enter = await RunningConsole.PostAsync(stranger, "/signin", origin, ("token", console.Admin));

        Assert.Equal(HttpStatusCode.Forbidden, drain.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, leave.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, enter.StatusCode);
        Assert.Contains("data-state=\"up\"", await RunningConsole.SeesAsync(browser, "/services/default/pets", "pets-1"));
    }

    [Fact]
    public async Task Drain_by_an_administrator_takes_the_instance_out_and_by_a_reader_is_refused()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.RegisterAsync("pets", "pets-1", 5001);
        using var admin = await console.SignedInAsync(console.Admin);
        using var reader = await console.SignedInAsync(console.Reader);
        var origin = console.Url.GetLeftPart(UriPartial.Authority);

        using var refused = await RunningConsole.PostAsync(reader, "/services/default/pets/instances/pets-1/drain", origin);
        var before = await RunningConsole.SeesAsync(admin, "/services/default/pets", "data-instance=\"pets-1\"");
        using var done = await RunningConsole.PostAsync(admin, "/services/default/pets/instances/pets-1/drain", origin);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("data-state=\"up\"", before);
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);

        // The very next page shows it.
        var after = await admin.GetStringAsync("/services/default/pets");
        Assert.Contains("data-state=\"draining\"", after);
        Assert.Contains("drained by operator in the console", after);
        var changes = await RunningConsole.SeesAsync(admin, "/changes", "<span class=\"who\">operator</span> drained");
        Assert.Contains("href=\"/services/default/pets\">pets/pets-1</a>", changes);
        Assert.Contains("administrator from 127.0.0.1", changes);
    }

    [Fact]
    public async Task Sign_out_ends_the_session_on_the_server()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Reader);
        using var copy = console.Browser();
        using var first = await console.SignInAsync(copy, console.Reader);
        var cookie = first.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        using var left = await RunningConsole.PostAsync(copy, "/signout", console.Url.GetLeftPart(UriPartial.Authority));

        using var thief = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = console.Url };
        thief.DefaultRequestHeaders.Add("Cookie", cookie);
        using var answer = await thief.GetAsync("/");
        Assert.Equal(HttpStatusCode.SeeOther, left.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Sign_in_link_is_for_administrators_and_works_once()
    {
        await using var console = await RunningConsole.StartAsync();
        using var api = console.Browser();
        async Task<HttpResponseMessage> AskAsync(string? token)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/console/links");
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            return await api.SendAsync(request);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(console.Reader)).StatusCode);
        using var made = await AskAsync(console.Admin);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var url = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["url"]!.GetValue<string>();
        using var browser = console.Browser();
        using var first = await browser.GetAsync(url);
        using var second = await console.Browser().GetAsync(url);

        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Contains("<b>operator</b>", await browser.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
    }

    [Fact]
    public async Task Session_cookie_is_no_credential_for_the_api()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = await console.SignedInAsync(console.Admin);

        using var answer = await RunningConsole.PostAsync(browser, "/api/v1/console/links", console.Url.GetLeftPart(UriPartial.Authority));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_is_protected_and_has_nothing_inline()
    {
        await using var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        using var browser = await console.SignedInAsync(console.Admin);

        foreach (var place in Places.Append("/signin"))
        {
            await RunningConsole.SeesAsync(browser, place, "</html>");
            using var answer = await browser.GetAsync(place);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.True(answer.Headers.CacheControl?.NoStore);
            Assert.DoesNotMatch(Inline(), await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Asset_addresses_carry_a_hash_and_may_be_kept_for_ever()
    {
        await using var console = await RunningConsole.StartAsync();
        using var browser = console.Browser();
        var page = await browser.GetStringAsync("/signin");
        var css = Regex.Match(page, "href=\"(/assets/[0-9a-f]{16}/console.css)\"").Groups[1].Value;

        using var asset = await browser.GetAsync(css);
        using var old = await browser.GetAsync("/assets/0000000000000000/console.css");

        Assert.Equal("text/css", asset.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromDays(365), asset.Headers.CacheControl?.MaxAge);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        Assert.True(old.Headers.CacheControl?.NoStore);
    }

    [GeneratedRegex("""<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();
}
