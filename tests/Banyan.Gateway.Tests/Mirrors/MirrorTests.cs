using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Mirrors;

/// <summary>Copies of requests on running loops: what they are, and that nothing they meet reaches the request they were made of.</summary>
public abstract class MirrorTests(GatewayTransport transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET /a?b=c HTTP/1.1\r\nHost: app.test\r\nX-One: 1\r\n\r\n", "\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhello", "\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: app.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n", "0\r\nX-Sum: 6\r\n\r\n")]
    public async Task Copy_is_the_request_as_the_instance_gets_it_and_a_mark(string request, string end)
    {
        await using var app = Recording(end, out var requests);
        await using var mirror = Recording(end, out var copies);
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        await Eventually.True(() => Count(gateway, MirrorOutcome.Sent) == 1, "the copy");

        var head = requests[0].IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.Equal(requests[0].Insert(head, "\r\nX-Banyan-Mirror: default/app"), Assert.Single(copies));
    }

    [Fact]
    public async Task Copy_of_a_request_that_waits_to_go_on_does_not_wait()
    {
        await using var app = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await connection.ReadUntilAsync("hello");
            await connection.SendAsync(Ok);
        });
        await using var mirror = Recording("hello", out var copies);
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        await client.ReadUntilAsync("100 Continue\r\n\r\n");
        await client.SendAsync("hello");
        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        await Eventually.True(() => Count(gateway, MirrorOutcome.Sent) == 1, "the copy");

        Assert.Contains("Expect: 100-continue\r\n", app.Heads[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Expect", Assert.Single(copies), StringComparison.Ordinal);
        Assert.EndsWith("\r\nX-Banyan-Mirror: default/app\r\n\r\nhello", copies[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("silent")]
    [InlineData("closes")]
    [InlineData("resets")]
    [InlineData("garbage")]
    [InlineData("endless")]
    [InlineData("switches")]
    public async Task Request_does_not_feel_a_mirror_that(string fails)
    {
        const int requests = 20;
        await using var app = Recording("hello", out var seen);
        await using var mirror = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            switch (fails)
            {
                case "silent":
                    await connection.ReadToEndAsync();
                    break;
                case "resets":
                    connection.Reset();
                    break;
                case "garbage":
                    await connection.SendAsync("SSH-2.0-OpenSSH_9.9\r\n");
                    break;
                case "switches":
                    await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
                    break;
                case "endless":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
                    while (true)
                    {
                        await connection.SendAsync(new string('x', 32 * 1024));
                    }
            }
        });
        await using var gateway = await ToAsync(app.Port, fails == "absent" ? FreePort.Next() : mirror.Port, maxInFlight: requests);
        await using var client = await gateway.ConnectAsync();
        for (var i = 0; i < requests; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
            Assert.Equal(FailureReason.None, (await gateway.NextRecordAsync()).Reason);
        }

        var counters = gateway.Routes.Current!.Routes.Single().Counters;
        var outcome = fails == "endless" ? MirrorOutcome.Sent : MirrorOutcome.Failed;
        await Eventually.True(() => fails == "silent" ? mirror.Heads.Count == requests : counters.Mirrors.Of(outcome) == requests, "the ends of all copies");
        Assert.Equal(requests, counters.Mirrors.InFlight + counters.Mirrors.Of(outcome));
        Assert.Equal(requests, seen.Count);
        Assert.Equal((requests, 0, 0), (counters.OfClass(2), counters.Failures, counters.Retries));

        // What copies meet says nothing about the service they go to.
        var member = gateway.Clusters.Get(new("default", "copy")).Members.Single().Endpoint;
        Assert.Equal((0, requests), (member.Health.Streak, member.Requests));
        Assert.Equal(0, member.ConnectFailures);
        Assert.Equal(CircuitState.Closed, gateway.Clusters.Get(new("default", "copy")).Circuit.State);
    }

    [Fact]
    public async Task Copies_beyond_the_budget_are_not_made_and_memory_comes_back()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = Recording("hello", out _);
        await using var mirror = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await go.Task;
            await connection.SendAsync(Ok);
        });
        await using var gateway = await ToAsync(app.Port, mirror.Port, maxInFlight: 3);
        await using var client = await gateway.ConnectAsync();
        var loop = gateway.Loops.Loops[0].Loop;
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        }

        var counters = gateway.Routes.Current!.Routes.Single().Counters.Mirrors;
        Assert.Equal((3, 7), (counters.InFlight, counters.Of(MirrorOutcome.OverBudget)));
        go.SetResult();
        await Eventually.True(() => counters.Of(MirrorOutcome.Sent) == 3, "the answers to the copies");
        Assert.Equal(0, counters.InFlight);
        Assert.Equal(0, await loop.RunAsync(() => loop.Blocks.Rented));
    }

    [Theory]
    [InlineData("Content-Length: 65537\r\n\r\n", 65_537, false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10001\r\n", 65_537, true)]
    [InlineData("Content-Length: 65536\r\n\r\n", 65_536, false)]
    public async Task Body_over_the_bound_is_not_copied(string framing, int length, bool chunked)
    {
        await using var app = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadUntilAsync("end");
            await connection.SendAsync(Ok);
        });
        await using var mirror = Recording("end", out var copies);
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: app.test\r\n{framing}{new string('x', length - 3)}end{(chunked ? "\r\n0\r\n\r\n" : string.Empty)}");
        Assert.EndsWith(chunked ? "ok" : Ok, await client.ReadUntilAsync("\r\n\r\nok"), StringComparison.Ordinal);

        await Eventually.True(() => Count(gateway, length > MirrorCopies.MostBody ? MirrorOutcome.TooLarge : MirrorOutcome.Sent) == 1, "the verdict");
        Assert.Equal(length > MirrorCopies.MostBody ? 0 : 1, copies.Count);
        Assert.Equal(0, await gateway.Loops.Loops[0].Loop.RunAsync(() => gateway.Loops.Loops[0].Loop.Blocks.Rented));
    }

    [Fact]
    public async Task Request_that_is_never_whole_leaves_no_copy()
    {
        await using var app = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadToEndAsync();
        });
        await using var mirror = Recording("hello", out _);
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhe");
        await Eventually.True(() => app.Heads.Count == 1, "the request at the service");
        client.Reset();
        await Eventually.True(() => Count(gateway, MirrorOutcome.Unfinished) == 1, "the end of the copy");

        Assert.Equal(0, mirror.Connections);
    }

    [Fact]
    public async Task Request_for_another_protocol_is_not_copied_and_neither_is_a_copy()
    {
        await using var app = ScriptedUpstream.Run(async (me, connection) =>
        {
            if ((await me.HeadAsync(connection)).Contains("Upgrade", StringComparison.Ordinal))
            {
                await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mine\r\n\r\n");
                await connection.ReadToEndAsync();
            }

            await connection.SendAsync(Ok);
        });
        await using var mirror = Recording("\r\n\r\n", out var copies);
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using var tunnel = await gateway.ConnectAsync();
        await tunnel.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: mine\r\n\r\n");
        await tunnel.ReadUntilAsync("Upgrade: mine\r\n\r\n");
        await using var marked = await gateway.ConnectAsync();
        await marked.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nX-Banyan-Mirror: default/other\r\n\r\n");
        await marked.ReadUntilAsync("\r\n\r\nok");
        await using var plain = await gateway.ConnectAsync();
        await plain.SendAsync("GET /plain HTTP/1.1\r\nHost: app.test\r\n\r\n");
        await plain.ReadUntilAsync("\r\n\r\nok");
        await Eventually.True(() => Count(gateway, MirrorOutcome.Sent) == 1, "the one copy");

        Assert.StartsWith("GET /plain ", Assert.Single(copies), StringComparison.Ordinal);
        Assert.All(Enum.GetValues<MirrorOutcome>(), outcome => Assert.Equal(outcome == MirrorOutcome.Sent ? 1 : 0, Count(gateway, outcome)));
    }

    [Fact]
    public async Task Copies_use_connections_again_and_allocate_nothing()
    {
        await using var app = Serving();
        await using var mirror = Serving();
        await using var gateway = await ToAsync(app.Port, mirror.Port, change: options => options.AccessLog = AccessLogMode.Off);
        await using var client = await gateway.ConnectAsync();
        var counters = gateway.Routes.Current!.Routes.Single().Counters.Mirrors;
        var loop = gateway.Loops.Loops[0].Loop;
        var allocated = await Allocations.InSteadyStateAsync(() => loop.RunAsync(GC.GetAllocatedBytesForCurrentThread), () => AskAsync(100));

        // The framework makes an operation of its sockets anew now and then; less than the smallest object a request.
        Assert.InRange(allocated, 0, transport == GatewayTransport.Loops ? 0 : (100 * 24) - 1);

        Assert.Equal(1, mirror.Connections);

        // One after the other, so that each finds what the one before has left.
        async Task AskAsync(int count)
        {
            var request = System.Text.Encoding.ASCII.GetBytes(Get);
            for (var i = 0; i < count; i++)
            {
                var sent = counters.Of(MirrorOutcome.Sent);
                await client.SendAsync(request);
                await client.ReadUntilAsync("\r\n\r\nok");
                for (var spin = new SpinWait(); counters.Of(MirrorOutcome.Sent) == sent;)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }
            }
        }
    }

    [Fact]
    public async Task Copies_give_way_to_the_requests_of_the_service_they_go_to()
    {
        await using var app = Serving();
        await using var mirror = Serving();
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        var cluster = gateway.Clusters.Get(new("default", "copy"));
        cluster.Use(TrafficSettings.Default with { Concurrency = new ConcurrencySettings { Min = 10, Max = 10, Initial = 10 } });
        await using var client = await gateway.ConnectAsync();

        // Seven of ten are taken: as many as those of low priority may see.
        var endpoint = cluster.Members.Single().Endpoint;
        for (var i = 0; i < 7; i++)
        {
            endpoint.Begin();
        }

        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\nok");
        await Eventually.True(() => Count(gateway, MirrorOutcome.OverBudget) == 1, "the copy that gave way");
        Assert.Equal(0, cluster.Shed);
        Assert.Equal(0, mirror.Connections);
    }

    [Fact]
    public async Task Stop_does_not_wait_for_copies()
    {
        await using var app = Serving();
        await using var mirror = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync(app.Port, mirror.Port);
        await using (var client = await gateway.ConnectAsync())
        {
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
            await Eventually.True(() => mirror.Heads.Count == 1, "the copy at the mirror");
        }

        var counters = gateway.Routes.Current!.Routes.Single().Counters.Mirrors;
        await gateway.StopAsync();
        Assert.Equal((0, 1), (counters.InFlight, counters.Of(MirrorOutcome.Failed)));
    }

    private static long Count(RunningGateway gateway, MirrorOutcome outcome) => gateway.Routes.Current!.Routes.Single().Counters.Mirrors.Of(outcome);

    private async Task<RunningGateway> ToAsync(int app, int mirror, int maxInFlight = 64, Action<GatewayOptions>? change = null)
    {
        var gateway = await RunningGateway.StartAsync(options =>
        {
            options.Transport = transport;
            options.Loops = 1;
            change?.Invoke(options);
        });
        gateway.Routes.Replace([Entries.Route("app", s => s with { Mirror = new RouteMirror { Service = new RouteService { Name = "copy" }, MaxInFlight = maxInFlight } })]);
        gateway.Instances(Entries.Instance("app", "app-1", app), Entries.Instance("copy", "copy-1", mirror));
        return gateway;
    }

    // Notes whole requests, up to and including a mark behind the head, and answers each.
    private static ScriptedUpstream Recording(string end, out List<string> requests)
    {
        var seen = requests = [];
        return ScriptedUpstream.Run(async (me, connection) =>
        {
            while (true)
            {
                var head = await me.HeadAsync(connection);
                var request = head.EndsWith(end, StringComparison.Ordinal) ? head : head + await connection.ReadUntilAsync(end.TrimStart('\r', '\n'));
                lock (seen)
                {
                    seen.Add(request);
                }

                await connection.SendAsync(Ok);
            }
        });
    }

    private static ScriptedUpstream Serving() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
        }
    });

    public sealed class OnLoops() : MirrorTests(GatewayTransport.Loops);

    public sealed class OnFramework() : MirrorTests(GatewayTransport.Framework);
}
