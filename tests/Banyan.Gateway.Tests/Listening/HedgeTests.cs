using Banyan.Gateway.Failures;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>Two instances asked at once on a running loop: one answer, and connections that are kept or closed as they should be.</summary>
public abstract class HedgeTests(GatewayTransport transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Second_answers_while_the_first_is_slow()
    {
        await using var first = new Instance();
        await using var second = new Instance { Answers = { Ok } };
        await using var gateway = await ToAsync(first, second);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        var record = await gateway.NextRecordAsync();
        Assert.Equal(("app-2", HedgeOutcome.Second, FailureReason.None), (record.Endpoint!.Id, record.Hedge, record.Reason));
        Assert.Equal(string.Empty, await first.Ended);
        await AssertSettledAsync(gateway, unused: 1);
        Assert.Equal((1L, 1L), Counts(gateway));
    }

    [Fact]
    public async Task First_answers_after_the_second_was_asked()
    {
        await using var first = new Instance { Answers = { Ok } };
        await using var second = new Instance();
        first.Go = second.Asked;
        await using var gateway = await ToAsync(first, second);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        var record = await gateway.NextRecordAsync();
        Assert.Equal(("app-1", HedgeOutcome.First), (record.Endpoint!.Id, record.Hedge));
        Assert.Equal(string.Empty, await second.Ended);
        await AssertSettledAsync(gateway, unused: 1);
        Assert.Equal((1L, 0L), Counts(gateway));
    }

    [Fact]
    public async Task First_fails_and_the_second_answers()
    {
        await using var first = new Instance { Answers = { "HTTP/1.1 2" } };
        await using var second = new Instance { Answers = { Ok } };
        first.Go = second.Asked;
        await using var gateway = await ToAsync(first, second);
        second.Go = GivenUpAsync(first, gateway);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        Assert.Equal(HedgeOutcome.Second, (await gateway.NextRecordAsync()).Hedge);
        await AssertSettledAsync(gateway, unused: 1);
    }

    [Fact]
    public async Task Both_fail_and_the_client_gets_one_answer()
    {
        await using var first = new Instance { Answers = { "HTTP/1.1 2" } };
        await using var second = new Instance { Answers = { "HTTP/1.1 2" } };
        first.Go = second.Asked;
        await using var gateway = await ToAsync(first, second);
        second.Go = GivenUpAsync(first, gateway);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 502", answer, StringComparison.Ordinal);
        Assert.Equal(answer.IndexOf("HTTP/1.1", StringComparison.Ordinal), answer.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
        var record = await gateway.NextRecordAsync();
        Assert.Equal((FailureReason.UpstreamClosedBeforeHead, HedgeOutcome.Second), (record.Reason, record.Hedge));
        await AssertSettledAsync(gateway, unused: 0);
    }

    [Fact]
    public async Task Long_answer_of_the_second_arrives_whole()
    {
        var body = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i:x8}"));
        await using var first = new Instance();
        await using var second = new Instance { Answers = { $"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Le", $"ngth: {body.Length}\r\n\r\n{body[..100]}", body[100..] } };
        await using var gateway = await ToAsync(first, second);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal($"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: {body.Length}\r\n\r\n{body}", await client.ReadUntilAsync(body[^16..]));
        Assert.Equal(string.Empty, await first.Ended);
        await AssertSettledAsync(gateway, unused: 1);
    }

    [Fact]
    public async Task Client_that_leaves_ends_both()
    {
        await using var first = new Instance();
        await using var second = new Instance();
        await using var gateway = await ToAsync(first, second);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);
        await second.Asked;
        client.Reset();

        Assert.Equal((string.Empty, string.Empty), (await first.Ended, await second.Ended));
        Assert.Equal(FailureReason.ClientGone, (await gateway.NextRecordAsync()).Reason);
        await AssertSettledAsync(gateway, unused: 0);
    }

    [Fact]
    public async Task Second_that_cannot_be_reached_costs_nothing()
    {
        await using var first = new Instance { Answers = { Ok } };
        await using var gateway = await RunningGateway.ToAsync([first.Upstream.Port, FreePort.Next()], Loops);
        var cluster = gateway.Clusters.Get(new("default", "app"));
        cluster.BeginHedging(TimeProvider.System, TimeSpan.FromMilliseconds(1));
        first.Go = Eventually.True(() => cluster.Members[1].Endpoint.ConnectFailures == 1, "the second instance to be tried");
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal(Ok, await client.ReadUntilAsync("\r\n\r\nok"));
        var record = await gateway.NextRecordAsync();
        Assert.Equal((HedgeOutcome.First, FailureReason.None), (record.Hedge, record.Reason));
        await AssertSettledAsync(gateway, unused: 1);
    }

    private void Loops(GatewayOptions options)
    {
        options.Transport = transport;
        options.Loops = 1;
    }

    private async Task<RunningGateway> ToAsync(Instance first, Instance second)
    {
        var gateway = await RunningGateway.ToAsync([first.Upstream.Port, second.Upstream.Port], Loops);
        gateway.Clusters.Get(new("default", "app")).BeginHedging(TimeProvider.System, TimeSpan.FromMilliseconds(1));
        return gateway;
    }

    // That the instance has closed its connection is not yet that the gateway knows.
    private static async Task GivenUpAsync(Instance first, RunningGateway gateway)
    {
        await first.Closed;
        await Eventually.True(() => gateway.Clusters.Get(new("default", "app")).Members[0].Endpoint.Active == 0, "the first instance to be given up");
    }

    private static (long Hedges, long Won) Counts(RunningGateway gateway) =>
        gateway.Clusters.Get(new("default", "app")) is var cluster ? (cluster.Hedges, cluster.HedgesWon) : default;

    private static async Task AssertSettledAsync(RunningGateway gateway, int unused)
    {
        var loop = gateway.Loops.Loops[0];
        var cluster = gateway.Clusters.Get(new("default", "app"));
        Assert.Equal((unused, 0), await loop.Loop.RunAsync(() => (loop.Upstreams.Unused, loop.Loop.Blocks.Rented)));
        Assert.Equal((0, 0), (cluster.Active, cluster.Policy.Retries.Retrying));
        Assert.All(cluster.Members, member => Assert.Equal((0, false), (member.Endpoint.Active, member.Endpoint.Health.Returning)));
    }

    // Takes one connection; answers each request with the pieces it has, and ends after half a head; without any it is silent until the gateway ends.
    private sealed class Instance : IAsyncDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Instance() => Upstream = ScriptedUpstream.Run(ServeAsync);

        public ScriptedUpstream Upstream { get; }

        public List<string> Answers { get; } = [];

        public Task Go { get; set; } = Task.CompletedTask;

        /// <summary>A request has arrived.</summary>
        public Task Asked => _asked.Task;

        /// <summary>It has closed its connection.</summary>
        public Task Closed => _closed.Task;

        /// <summary>What came behind the request until the gateway ended the connection.</summary>
        public Task<string> Ended => _ended.Task;

        public ValueTask DisposeAsync() => Upstream.DisposeAsync();

        private async Task ServeAsync(ScriptedUpstream me, RawConnection connection)
        {
            await me.HeadAsync(connection);
            _asked.TrySetResult();
            await Go;
            for (var i = 0; i < Answers.Count; i++)
            {
                await connection.SendAsync(Answers[i]);
                if (Answers[i] == Ok)
                {
                    await me.HeadAsync(connection);
                }
            }

            if (Answers is ["HTTP/1.1 2"])
            {
                connection.Socket.Dispose();
                _closed.TrySetResult();
                return;
            }

            _ended.TrySetResult(await connection.ReadToEndAsync());
        }
    }

    public sealed class OnLoops() : HedgeTests(GatewayTransport.Loops);

    public sealed class OnFramework() : HedgeTests(GatewayTransport.Framework);
}
