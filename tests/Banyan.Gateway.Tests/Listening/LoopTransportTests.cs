using System.Net;
using System.Net.Sockets;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>What the event loops add to what every transport does.</summary>
public abstract class LoopTransportTests(GatewayTransport transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Interim_answers_and_trailers_pass_from_end_to_end()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.ReadUntilAsync("0\r\nX-Sum: 3\r\n\r\n");
            await connection.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nDate: D\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");

        Assert.Equal(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n",
            await client.ReadUntilAsync("X-T: 1\r\n\r\n"));
    }

    [Fact]
    public async Task Client_that_ends_its_sending_side_gets_its_answer()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await go.Task;
            await connection.SendAsync(Ok);
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);
        client.Socket.Shutdown(SocketShutdown.Send);
        await Eventually.True(() => upstream.Heads.Count == 1, "the request at the service");
        go.SetResult();

        Assert.Equal(Ok, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Loops_together_open_no_more_connections_to_an_instance_than_there_are_clients()
    {
        const int Clients = 4;
        const int RequestsEach = 1_100;
        await using var upstream = Serving();
        await using var gateway = await ToAsync([upstream.Port], options => options.Loops = 2);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            await using var client = await gateway.ConnectAsync();
            for (var i = 0; i < RequestsEach; i++)
            {
                await client.SendAsync(Get);
                await client.ReadUntilAsync("\r\n\r\nok");
            }
        }));

        var (opened, reused) = gateway.Loops.Connections();
        Assert.InRange(opened, 1, Clients);
        Assert.Equal(Clients * RequestsEach, opened + reused);
        Assert.InRange((double)reused / (opened + reused), 0.999, 1);
    }

    [Fact]
    public async Task Connections_to_instances_are_used_again()
    {
        await using var upstream = Serving();
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 500; i++)
        {
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
        }

        // One was opened; every later request had it.
        Assert.Equal((1, 499), gateway.Loops.Connections());
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Instance_that_closes_unused_connections_costs_no_request()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync(Ok);
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1\r\n\r\nx");
            Assert.StartsWith("HTTP/1.1 200", await client.ReadUntilAsync("\r\n\r\nok"), StringComparison.Ordinal);
            await Eventually.True(async () => await gateway.Loops.Loops[0].Loop.RunAsync(() => gateway.Loops.Loops[0].Upstreams.Unused) == 0, "the end of the connection to be noticed");
        }
    }

    [Fact]
    public async Task Slow_head_gets_408()
    {
        await using var gateway = await ToAsync([1], options => options.RequestHeadTimeout = TimeSpan.FromMilliseconds(50));
        await using var slow = await gateway.ConnectAsync();
        await slow.SendAsync("GET / HT");
        Assert.StartsWith("HTTP/1.1 408", await slow.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(FailureReason.ClientHeadTimedOut, (await gateway.NextRecordAsync()).Reason);
    }

    [Fact]
    public async Task Silent_connection_is_closed()
    {
        await using var gateway = await ToAsync([1], options => options.ClientIdleTimeout = TimeSpan.FromMilliseconds(50));
        await using var silent = await gateway.ConnectAsync();
        Assert.Equal(string.Empty, await silent.ReadToEndAsync());
    }

    [Fact]
    public async Task Connections_above_the_limits_are_closed_and_room_comes_back()
    {
        await using var upstream = Serving();
        await using var gateway = await ToAsync([upstream.Port], options => options.MaxConnectionsPerClient = 2);
        var first = await gateway.ConnectAsync();
        await using var second = await gateway.ConnectAsync();
        foreach (var client in new[] { first, second })
        {
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
        }

        Assert.False(await IsServedAsync());
        first.Reset();
        await Eventually.True(IsServedAsync, "room for one more");

        async Task<bool> IsServedAsync()
        {
            try
            {
                await using var client = await gateway.ConnectAsync();
                await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n");
                return (await client.ReadToEndAsync()).EndsWith("ok", StringComparison.Ordinal);
            }
            catch (SocketException)
            {
                // Closed before it could ask.
                return false;
            }
        }
    }

    [Fact]
    public async Task Stop_closes_idle_connections_lets_a_request_end_and_cuts_what_stays()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            var head = await me.HeadAsync(connection);
            if (head.StartsWith("GET /ends", StringComparison.Ordinal))
            {
                await go.Task;
                await connection.SendAsync(Ok);
                return;
            }

            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var idle = await gateway.ConnectAsync();
        await using var ends = await gateway.ConnectAsync();
        await using var stays = await gateway.ConnectAsync();
        await ends.SendAsync("GET /ends HTTP/1.1\r\nHost: app.test\r\n\r\n");
        await stays.SendAsync(Get);
        await Eventually.True(() => upstream.Heads.Count == 2 && gateway.Loops.Loops[0].Open == 3, "both requests at the service");

        using var cut = new CancellationTokenSource();
        var stopping = gateway.StopAsync(cut.Token);
        Assert.Equal(string.Empty, await idle.ReadToEndAsync());
        go.SetResult();
        Assert.Contains("\r\nConnection: close\r\n\r\nok", await ends.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.False(stopping.IsCompleted);
        await cut.CancelAsync();
        await stopping;
        Assert.Equal(string.Empty, await stays.ReadToEndAsync());
    }

    [Fact]
    public async Task Stop_tells_every_WebSocket_and_ends_when_they_have()
    {
        const int many = 30;
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            await connection.Socket.ReceiveAsync(new byte[100]);
        });
        await using var gateway = await ToAsync([upstream.Port], options => options.DrainTimeout = TimeSpan.FromSeconds(60));
        var clients = new List<RawConnection>();
        for (var i = 0; i < many; i++)
        {
            clients.Add(await gateway.ConnectAsync());
            await clients[i].SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            await clients[i].ReadHeadAsync();
        }

        var stopping = gateway.StopAsync();
        foreach (var client in clients)
        {
            Assert.Equal("\u0088\u0013\u0003\u00e9The gateway stops", await client.ReadToEndAsync());
            await client.DisposeAsync();
        }

        await stopping;
        Assert.Equal(many, upstream.Heads.Count);
        Assert.Equal(0, gateway.Loops.Loops[0].Open);
    }

    [Fact]
    public async Task Instance_may_listen_on_a_Unix_socket_and_under_a_name()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "app.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            await using var connection = new RawConnection(await listener.AcceptAsync());
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await connection.ReadToEndAsync();
        });
        await using var named = Serving();
        await using var gateway = await ToAsync([1]);
        var instance = Entries.Instance("app", "app-1", 1);
        instance.Host = "unix:" + path;
        gateway.Instances(instance);
        using var byPath = await gateway.GetAsync();
        Assert.Equal("ok", await byPath.Content.ReadAsStringAsync());

        instance = Entries.Instance("app", "app-2", named.Port);
        instance.Host = "localhost";
        gateway.Instances(instance);
        using var byName = await gateway.GetAsync();
        Assert.Equal("ok", await byName.Content.ReadAsStringAsync());

        instance = Entries.Instance("app", "app-3", named.Port);
        instance.Host = "no-such-host.invalid";
        gateway.Instances(instance);
        using var nobody = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.BadGateway, nobody.StatusCode);
        await gateway.DisposeAsync();
        await serving;
    }

    [Fact]
    public async Task Request_in_steady_state_allocates_nothing_on_its_loop()
    {
        await using var upstream = Serving();
        await using var gateway = await ToAsync([upstream.Port], options => options.AccessLog = AccessLogMode.Off);
        await using var client = await gateway.ConnectAsync();
        var request = System.Text.Encoding.ASCII.GetBytes("GET /a/b?c=d HTTP/1.1\r\nHost: app.test\r\nAccept: */*\r\nCookie: a=1\r\nUser-Agent: test\r\n\r\n");
        var loop = gateway.Loops.Loops[0].Loop;
        var allocated = await Allocations.InSteadyStateAsync(() => loop.RunAsync(GC.GetAllocatedBytesForCurrentThread), async () =>
        {
            for (var i = 0; i < 600; i++)
            {
                await client.SendAsync(request);
                await client.ReadUntilAsync("\r\n\r\nok");
            }
        });

        // The framework makes an operation of its sockets anew now and then; less than the smallest object a request.
        Assert.InRange(allocated, 0, transport == GatewayTransport.Loops ? 0 : (600 * 24) - 1);
    }

    private Task<RunningGateway> ToAsync(int[] ports, Action<GatewayOptions>? change = null) => RunningGateway.ToAsync(ports, options =>
    {
        options.Transport = transport;
        options.Loops = 1;
        change?.Invoke(options);
    });

    private static ScriptedUpstream Serving() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
        }
    });

    public sealed class OnLoops() : LoopTransportTests(GatewayTransport.Loops);

    public sealed class OnFramework() : LoopTransportTests(GatewayTransport.Framework);
}
