using System.Net;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Forwarding;

public abstract class RetryTests(GatewayTransport transport) : TransportTests(transport)
{
    [Fact]
    public async Task Refused_connection_leads_to_another_instance_with_the_body_whole()
    {
        await using var upstream = await WebUpstream.StartAsync(async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        await using var gateway = await ToAsync([FreePort.Next(), upstream.Port]);
        var retries = 0;
        for (var i = 0; i < 10; i++)
        {
            using var response = await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Post, gateway.Http) { Content = new StringContent($"order {i}") });
            Assert.Equal($"order {i}", await response.Content.ReadAsStringAsync());
            retries += (await gateway.NextRecordAsync()).Retries;
        }

        Assert.Equal(5, retries);
        Assert.Equal(5, gateway.Routes.Current!.Routes[0].Counters.Retries);
    }

    [Fact]
    public async Task Two_refused_connections_end_in_502_after_one_retry()
    {
        await using var gateway = await ToAsync([FreePort.Next(), FreePort.Next(), FreePort.Next()]);
        using var response = await gateway.GetAsync();
        var record = await gateway.NextRecordAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(FailureReason.UpstreamConnectRefused, record.Reason);
        Assert.Equal(1, record.Retries);
        Assert.Equal("banyan; error=connection_refused; details=\"gateway/upstream-connect-refused\"", response.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    public async Task Lone_instance_is_not_tried_twice()
    {
        await using var gateway = await ToAsync([FreePort.Next()]);
        using var response = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, (await gateway.NextRecordAsync()).Retries);
    }

    [Fact]
    public async Task Nobody_up_gives_503_with_the_reason()
    {
        await using var gateway = await ToAsync([]);
        gateway.Instances(Entries.Instance("app", "app-1", 1, InstanceState.Starting, reason: "no check has passed yet"));
        using var response = await gateway.GetAsync();
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("1 starting", body, StringComparison.Ordinal);
        Assert.Contains("no check has passed yet", body, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"gateway/no-instance-up\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_without_tables_answers_503_and_not_404()
    {
        await using var gateway = await StartAsync();
        using var none = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        Assert.Equal(FailureReason.GatewayNoRouteTable, (await gateway.NextRecordAsync()).Reason);

        gateway.Routes.Replace([Entries.Route("app", "/app")]);
        using var noInstances = await gateway.GetAsync("/app");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, noInstances.StatusCode);
        Assert.Equal(FailureReason.GatewayNoInstanceList, (await gateway.NextRecordAsync()).Reason);

        using var noRoute = await gateway.GetAsync("/other");
        Assert.Equal(HttpStatusCode.NotFound, noRoute.StatusCode);
    }

    [Fact]
    public async Task Instances_take_turns_and_leave_and_return()
    {
        await using var one = await WebUpstream.StartAsync(context => context.Response.WriteAsync("1"));
        await using var two = await WebUpstream.StartAsync(context => context.Response.WriteAsync("2"));
        await using var gateway = await ToAsync([one.Port, two.Port]);
        gateway.Clusters.Get(new("default", "app")).Use(TrafficSettings.Default with { SlowStart = TimeSpan.Zero });
        Assert.Equal(["1", "2", "1", "2"], await AnswersAsync(gateway, 4));

        gateway.Clusters.Apply(new WatchResponse { Changed = { Entries.Instance("app", "app-1", one.Port, InstanceState.Down) } });
        Assert.Equal(["2", "2"], await AnswersAsync(gateway, 2));

        gateway.Clusters.Apply(new WatchResponse { Changed = { Entries.Instance("app", "app-1", one.Port) } });
        Assert.Equal(2, (await AnswersAsync(gateway, 4)).Distinct().Count());
    }

    [Fact]
    public async Task Request_that_comes_back_is_a_loop()
    {
        await using var gateway = await ToAsync([]);
        gateway.Instances(Entries.Instance("app", "app-1", gateway.Http.Port));
        using var response = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.LoopDetected, response.StatusCode);
    }

    private static async Task<string[]> AnswersAsync(RunningGateway gateway, int count)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var response = await gateway.GetAsync();
            answers[i] = await response.Content.ReadAsStringAsync();
        }

        return answers;
    }

    public sealed class OnLoops() : RetryTests(GatewayTransport.Loops);

    public sealed class OnFramework() : RetryTests(GatewayTransport.Framework);
}
