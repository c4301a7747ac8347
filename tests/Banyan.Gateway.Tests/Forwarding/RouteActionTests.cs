using System.Net;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>What routes do to requests and answers on their way through a running gateway.</summary>
public abstract class RouteActionTests(GatewayTransport transport) : TransportTests(transport)
{
    [Fact]
    public async Task Rewrites_and_field_changes_reach_the_service_and_the_client()
    {
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            context.Response.Headers["X-Secret"] = "s";
            context.Response.Headers["X-Old"] = "old";
            var seen = context.Request;
            await context.Response.WriteAsync($"{seen.Path}{seen.QueryString} {seen.Host} {seen.Headers["X-Drop"]}|{seen.Headers["X-Set"]}|{string.Join(", ", (IEnumerable<string?>)seen.Headers["X-Add"])}|{seen.Headers["X-Forwarded-Host"]}");
        });
        await using var gateway = await StartAsync();
        gateway.Routes.Replace([Entries.Route("app", s => s with
        {
            PathTemplate = "/users/{id}/pets/{pet}",
            Rewrite = new RouteRewrite { Path = "/v2/{pet}/{id}", Host = "inner.example:81" },
            RequestHeaders = new RouteFieldChanges { Remove = ["x-drop"], Set = Fields("X-Set", "new"), Add = Fields("X-Add", "two") },
            ResponseHeaders = new RouteFieldChanges { Remove = ["X-Secret"], Set = Fields("X-Old", "new"), Add = Fields("X-More", "1") },
        })]);
        gateway.Instances(Entries.Instance("app", "app-1", upstream.Port));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Http, "/users/a-b/pets/7?x=1"));
        request.Headers.Host = "shop.example";
        foreach (var name in new[] { "X-Drop", "X-Set", "X-Add" })
        {
            request.Headers.Add(name, "one");
        }

        using var answer = await gateway.SendAsync(request);

        Assert.Equal("/v2/7/a-b?x=1 inner.example:81 |new|one, two|shop.example", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("X-Secret"));
        Assert.Equal(["new"], answer.Headers.GetValues("X-Old"));
        Assert.Equal(["1"], answer.Headers.GetValues("X-More"));
    }

    [Fact]
    public async Task Redirect_and_fixed_answer_need_no_service()
    {
        await using var gateway = await StartAsync();
        gateway.Routes.Replace([
            Entries.Route("to", s => s with { Path = "/old", Service = null, Redirect = new RouteRedirect { Status = 301, Host = "new.example", Prefix = "/new" } }),
            Entries.Route("down", s => s with
            {
                Path = "/down", Service = null, Respond = new RouteAnswer { Status = 503, Body = "back sóon" },
                ResponseHeaders = new RouteFieldChanges { Set = Fields("Retry-After", "60") },
            }),
            Entries.Route("empty", s => s with { Path = "/empty", Service = null, Respond = new RouteAnswer { Status = 204 } }),
        ]);

        using var to = await gateway.GetAsync("/old/a%20b?x=1");
        using var down = await gateway.GetAsync("/down");
        using var head = await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(gateway.Http, "/down")));
        using var empty = await gateway.GetAsync("/empty");

        Assert.Equal((HttpStatusCode.MovedPermanently, "http://new.example/new/a%20b?x=1"), (to.StatusCode, to.Headers.Location?.OriginalString));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.Equal("back sóon", await down.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", down.Content.Headers.ContentType?.ToString());
        Assert.Equal(["60"], down.Headers.GetValues("Retry-After"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 10), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
    }

    [Fact]
    public async Task Split_keeps_each_user_with_one_service_by_its_share()
    {
        await using var old = await WebUpstream.StartAsync(context => context.Response.WriteAsync("old"));
        await using var fresh = await WebUpstream.StartAsync(context => context.Response.WriteAsync("new"));
        await using var gateway = await StartAsync();
        gateway.Instances(Entries.Instance("old", "o1", old.Port), Entries.Instance("new", "n1", fresh.Port));

        var first = await AskAllAsync("20%");
        Assert.Equal(first, await AskAllAsync("20%"));
        Assert.Equal(["new", "old"], first.Distinct().Order(StringComparer.Ordinal));
        var raised = await AskAllAsync("60%");
        Assert.All(first.Zip(raised), user => Assert.False(user is ("new", "old")));
        Assert.True(raised.Count(s => s == "new") > first.Count(s => s == "new"));

        async Task<string[]> AskAllAsync(string share)
        {
            gateway.Routes.Replace([Entries.Route("app", s => s with
            {
                Service = null,
                Split = new RouteSplit { Key = "user", Parts = [Part("new", share), Part("old", null)] },
            })]);
            var answers = new string[40];
            for (var user = 0; user < answers.Length; user++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Http);
                request.Headers.Add("X-User-Id", $"user-{user}");
                using var answer = await gateway.SendAsync(request);
                answers[user] = await answer.Content.ReadAsStringAsync();
            }

            return answers;
        }

        static RouteSplitPart Part(string service, string? share) => new() { Service = new RouteService { Name = service }, Share = share };
    }

    [Fact]
    public async Task Conditions_choose_between_services()
    {
        await using var reads = await WebUpstream.StartAsync(context => context.Response.WriteAsync("reads"));
        await using var writes = await WebUpstream.StartAsync(context => context.Response.WriteAsync("writes"));
        await using var gateway = await StartAsync();
        gateway.Instances(Entries.Instance("reads", "r1", reads.Port), Entries.Instance("writes", "w1", writes.Port));
        gateway.Routes.Replace([
            Entries.Route("reads"),
            Entries.Route("writes", s => s with { Methods = ["POST"], Headers = [new() { Name = "X-Mode", Regex = "w.*" }], Query = [new() { Name = "go", Exact = "a b" }] }),
        ]);

        Assert.Equal("writes", await AskAsync("POST", "write", "/?x=1&go=a+b"));
        Assert.Equal("reads", await AskAsync("GET", "write", "/?go=a+b"));
        Assert.Equal("reads", await AskAsync("POST", "read", "/?go=a+b"));
        Assert.Equal("reads", await AskAsync("POST", "write", "/?go=a"));

        async Task<string> AskAsync(string method, string mode, string target)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(gateway.Http, target));
            request.Headers.Add("X-Mode", mode);
            using var answer = await gateway.SendAsync(request);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(1, null, 0)]
    [InlineData(5, "reset", 0)]
    [InlineData(5, "connect-failure", 1)]
    public async Task Retry_of_a_route_narrows_the_policy_and_never_widens_it(int? attempts, string? on, int retries)
    {
        await using var gateway = await ToAsync([FreePort.Next(), FreePort.Next(), FreePort.Next()]);
        gateway.Routes.Replace([Entries.Route("app", s => s with { Retry = new RouteRetry { Attempts = attempts, On = on is null ? null : [on] } })]);

        using var answer = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(retries, (await gateway.NextRecordAsync()).Retries);
    }

    [Fact]
    public async Task Total_time_ends_an_answer_that_goes_on_and_on()
    {
        using var more = new SemaphoreSlim(1);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            while (true)
            {
                await more.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("more ");
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
        var clock = new AheadClock();
        await using var gateway = await ToAsync([upstream.Port], clock: clock);
        gateway.Routes.Replace([Entries.Route("app", s => s with { Timeouts = new RouteTimeouts { Total = "4m" } })]);
        using var answer = await gateway.GetAsync();
        await using var body = await answer.Content.ReadAsStreamAsync();

        // Less than the idle time each, which the answer never reaches.
        for (var minute = 0; minute < 3; minute++)
        {
            await body.ReadExactlyAsync(new byte[5]);
            clock.Skip(TimeSpan.FromMinutes(1));
            more.Release();
        }

        await body.ReadExactlyAsync(new byte[5]);
        clock.Skip(TimeSpan.FromMinutes(1));
        more.Release();
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null));

        Assert.Equal(FailureReason.UpstreamBodyTimedOut, (await gateway.NextRecordAsync()).Reason);
    }

    [Fact]
    public async Task Idle_time_of_a_route_ends_an_answer_that_stands_still()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            await connection.ReadHeadAsync();
        });
        await using var gateway = await ToAsync([upstream.Port]);
        gateway.Routes.Replace([Entries.Route("app", s => s with { Timeouts = new RouteTimeouts { Idle = "100ms" } })]);
        using var answer = await gateway.GetAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync());

        Assert.Equal(FailureReason.UpstreamBodyTimedOut, (await gateway.NextRecordAsync()).Reason);
    }

    private static Dictionary<string, string> Fields(string name, string value) => new() { [name] = value };

    public sealed class OnLoops() : RouteActionTests(GatewayTransport.Loops);

    public sealed class OnFramework() : RouteActionTests(GatewayTransport.Framework);
}
