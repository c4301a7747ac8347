using Banyan.Gateway.Kinds;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>A client that brings no key to a split is given one, and stays where its first request went.</summary>
public sealed class ExchangeCookieTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public void Browser_that_comes_again_with_its_cookie_stays_with_its_part()
    {
        var seen = new HashSet<string>();
        for (var browser = 0; browser < 40; browser++)
        {
            // One client's connections, one browser after the other: the address is the same for all.
            var (first, answer) = Ask(Rig(browser), Get);
            var cookie = CookieOf(answer);
            Assert.Matches("^share=[0-9a-f]{16}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax$", cookie);
            seen.Add(first);

            // Another gateway, which has never seen it.
            var (second, again) = Ask(Rig(1000 + browser), $"GET / HTTP/1.1\r\nHost: app.test\r\nCookie: a=b; {cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]}\r\n\r\n");
            Assert.Equal(first, second);
            Assert.DoesNotContain("Set-Cookie", again, StringComparison.Ordinal);
        }

        Assert.Equal(["app", "fresh"], seen.Order());
    }

    [Fact]
    public void Cookie_stands_beside_the_services_own_and_is_for_TLS_when_the_client_came_by_it()
    {
        var rig = Rig(1, secure: true, age: "1h");
        var (_, answer) = Ask(rig, Get, "HTTP/1.1 200 OK\r\nDate: D\r\nSet-Cookie: sid=1\r\nContent-Length: 0\r\n\r\n");

        Assert.Contains("\r\nSet-Cookie: sid=1\r\nSet-Cookie: share=", answer, StringComparison.Ordinal);
        Assert.EndsWith("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure", CookieOf(answer, last: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Next_request_of_the_connection_is_one_of_its_own()
    {
        var rig = Rig(1);
        var (_, first) = Ask(rig, Get);
        var (_, second) = Ask(rig, Get);
        var (_, third) = Ask(rig, "GET / HTTP/1.1\r\nHost: app.test\r\nCookie: share=x\r\n\r\n");

        Assert.NotEqual(CookieOf(first), CookieOf(second));
        Assert.DoesNotContain("Set-Cookie", third, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cookie:share", false)]
    [InlineData("user", null)]
    public void Split_that_does_not_set_it_sets_nothing(string key, bool? set)
    {
        var (_, answer) = Ask(Rig(1, key: key, set: set), Get);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_of_the_gateways_own_sets_nothing()
    {
        var rig = Rig(1);
        rig.Clusters.Get(new("default", "app")).Replace([]);
        rig.Clusters.Get(new("default", "fresh")).Replace([]);
        rig.Client(Get);

        Assert.StartsWith("HTTP/1.1 503", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", rig.Transport.ToClient, StringComparison.Ordinal);
    }

    private static ExchangeRig Rig(int seed, bool secure = false, string? age = null, string key = "cookie:share", bool? set = true)
    {
        var rig = new ExchangeRig(hasUnused: true, seed: seed, secure: secure);
        rig.Routes.Replace([Entries.Route("app", s => s with
        {
            Service = null,
            Split = new RouteSplit
            {
                Key = key, SetCookie = set, CookieMaxAge = age,
                Parts = [new RouteSplitPart { Service = new RouteService { Name = "fresh" }, Share = "50%" }, new RouteSplitPart { Service = new RouteService { Name = "app" } }],
            },
        })]);
        rig.Clusters.Get(new("default", "fresh")).Replace([Entries.Instance("fresh", "fresh-1", 2001)]);
        return rig;
    }

    private static (string Service, string Answer) Ask(ExchangeRig rig, string request, string answer = Ok)
    {
        var before = rig.Transport.ToClient.Length;
        rig.Client(request).Upstream(answer);
        return (rig.Records[^1].Endpoint!.Id.Split('-')[0], rig.Transport.ToClient[before..]);
    }

    private static string CookieOf(string answer, bool last = false)
    {
        const string field = "Set-Cookie: ";
        var at = (last ? answer.LastIndexOf(field, StringComparison.Ordinal) : answer.IndexOf(field, StringComparison.Ordinal)) + field.Length;
        return answer[at..answer.IndexOf("\r\n", at, StringComparison.Ordinal)];
    }
}
