using System.Net;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>What clients see of limits, circuit and balancers.</summary>
public abstract class ProtectionTests(GatewayTransport transport) : TransportTests(transport)
{
    [Fact]
    public async Task Rate_limited_request_gets_429_with_the_wait_and_the_limit()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await ToAsync([upstream.Port]);
        Use(gateway, TrafficSettings.Default with { RateLimits = [new RateLimitSettings("calls", "header:x-user", 2, TimeSpan.FromHours(1), 2, Shared: false)] });

        int[] expected = [200, 200, 429];
        Assert.Equal(expected, await StatusesAsync(gateway, "user-1", 3));
        Assert.Equal(expected, await StatusesAsync(gateway, "user-2", 3));
        using var refused = await gateway.SendAsync(Request(gateway, "user-1"));
        Assert.Equal("\"calls\";q=2;w=3600", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal(1800, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, Eventually.Deadline.TotalSeconds);
        Assert.Equal($"\"calls\";r=0;t={(int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds}", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal("banyan; error=http_request_denied; details=\"gateway/rate-limited\"", refused.Headers.GetValues("Proxy-Status").Single());
        Assert.Contains("More than 2 requests in 3600 s for one 'header:x-user' (limit 'calls').", (await refused.Content.ReadAsStringAsync()).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(4, gateway.Clusters.Get(Service).Members.Single().Endpoint.Requests);
    }

    [Fact]
    public async Task Client_behind_a_trusted_proxy_is_limited_by_its_own_address()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var gateway = await ToAsync([upstream.Port], o => o.TrustedProxies = ["127.0.0.0/8", "10.0.0.0/8"]);
        Use(gateway, TrafficSettings.Default with { RateLimits = [new RateLimitSettings("calls", "address", 1, TimeSpan.FromHours(1), 1, Shared: false)] });

        Assert.Equal(200, await ForwardedAsync("192.0.2.1"));
        Assert.Equal(429, await ForwardedAsync("192.0.2.1, 10.0.0.7"));
        Assert.Equal(429, await ForwardedAsync("198.51.100.9, 192.0.2.1"));
        Assert.Equal(200, await ForwardedAsync("192.0.2.2"));

        async Task<int> ForwardedAsync(string hops)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, gateway.Http);
            request.Headers.Add("X-Forwarded-For", hops);
            using var response = await gateway.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Full_service_lets_a_request_wait_and_refuses_one_too_many()
    {
        var arrived = new SemaphoreSlim(0);
        var go = new TaskCompletionSource();
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            arrived.Release();
            await go.Task;
            await context.Response.WriteAsync("ok");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        var concurrency = new ConcurrencySettings { Initial = 1, Min = 1, Max = 1, Queue = 2, QueueTime = TimeSpan.FromMinutes(1) };
        Use(gateway, TrafficSettings.Default with { Concurrency = concurrency });
        var cluster = gateway.Clusters.Get(Service);

        var first = gateway.GetAsync();
        await arrived.WaitAsync();
        var second = gateway.GetAsync();
        await Eventually.True(() => cluster.Policy.Room.Waiting == 1, "the second to wait");
        using var third = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.Contains("gateway/gateway-overloaded", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        go.SetResult();
        Assert.All([(await first).StatusCode, (await second).StatusCode], status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(0, cluster.Policy.Room.Waiting);

        // Who waited and was served was not refused, however often room was looked for.
        Assert.Equal(1, cluster.Shed);
    }

    [Fact]
    public async Task Service_that_refuses_every_connection_opens_the_circuit()
    {
        await using var gateway = await ToAsync([FreePort.Next(), FreePort.Next()]);
        Use(gateway, TrafficSettings.Default with { Breaker = new BreakerSettings { Requests = 6, OpenTime = TimeSpan.FromHours(1), LongestOpenTime = TimeSpan.FromHours(1) } });
        var reasons = new List<FailureReason>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await gateway.GetAsync();
            reasons.Add((await gateway.NextRecordAsync()).Reason);
        }

        // Two attempts each.
        Assert.Equal([.. Enumerable.Repeat(FailureReason.UpstreamConnectRefused, 3), FailureReason.CircuitOpen, FailureReason.CircuitOpen], reasons);
    }

    [Fact]
    public async Task Retries_of_lost_reads_stop_when_the_budget_is_used_up()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            connection.Reset();
        });
        await using var gateway = await ToAsync([upstream.Port, upstream.Port]);
        Use(gateway, TrafficSettings.Default with { Retries = new Gateway.Retries.RetrySettings { MinPerSecond = 0, BudgetShare = 0 } });
        using var response = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, (await gateway.NextRecordAsync()).Retries);
        Assert.Equal(1, gateway.Clusters.Get(Service).Policy.Retries.Refused);
        Assert.Single(upstream.Heads);
    }

    [Fact]
    public async Task Tunnel_and_its_end_leave_the_counters_at_zero()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 101", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        var cluster = gateway.Clusters.Get(Service);
        await Eventually.True(() => cluster.Members.Single().Endpoint.Active == 0, "the tunnel to end");
        Assert.Equal(0, cluster.Active);
    }

    private static ServiceName Service => new("default", "app");

    private static void Use(RunningGateway gateway, TrafficSettings settings) => gateway.Clusters.Get(Service).Use(settings);

    private static HttpRequestMessage Request(RunningGateway gateway, string user)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, gateway.Http);
        request.Headers.Add("X-User", user);
        return request;
    }

    private static async Task<int[]> StatusesAsync(RunningGateway gateway, string user, int count)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            using var response = await gateway.SendAsync(Request(gateway, user));
            statuses[i] = (int)response.StatusCode;
        }

        return statuses;
    }

    public sealed class OnLoops() : ProtectionTests(GatewayTransport.Loops);

    public sealed class OnFramework() : ProtectionTests(GatewayTransport.Framework);
}
