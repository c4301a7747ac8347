using System.Diagnostics;
using System.Net.Sockets;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>The gateway behind a Unix socket.</summary>
public sealed class UnixListeningTests : IDisposable
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";

    private readonly TempDirectory _directory = new();

    private string Path => _directory["front"];

    [Fact]
    public async Task Clients_of_a_Unix_socket_are_served_and_called_unknown()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port);
        await using var client = await ConnectAsync();
        await client.SendAsync(Get);

        Assert.EndsWith("\r\n\r\nok", await client.ReadUntilAsync("\r\n\r\nok"));
        Assert.Equal("unix:" + Path, gateway.Http.OriginalString);
        Assert.Contains("\r\nX-Forwarded-For: unknown\r\n", Assert.Single(upstream.Heads));
        Assert.Null((await gateway.NextRecordAsync()).Client);
    }

    [Fact]
    public async Task Every_loop_takes_from_the_one_socket()
    {
        const int Loops = 2;
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, options => options.Loops = Loops);
        var listeners = gateway.Loops.Loops.SelectMany(loop => loop.GivableListeners).ToArray();
        Assert.Equal(Loops, listeners.Length);

        // What the first loop does not take the second one does.
        foreach (var (resting, working) in new[] { (0, 1), (1, 0) })
        {
            await gateway.Loops.Loops[resting].Loop.RunAsync(listeners[resting].Pause);
            var before = listeners[working].Accepted;
            await using var client = await ConnectAsync();
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
            Assert.Equal(before + 1, listeners[working].Accepted);
            await gateway.Loops.Loops[resting].Loop.RunAsync(listeners[resting].Resume);
        }
    }

    [Fact]
    public async Task Framework_serves_it_on_every_loop_too()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, options => (options.Loops, options.Transport) = (2, GatewayTransport.Framework));
        for (var i = 0; i < 4; i++)
        {
            await using var client = await ConnectAsync();
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
        }

        Assert.Equal([2, 2], gateway.Loops.Loops.SelectMany(loop => loop.Listeners).Select(listener => (int)listener.Accepted));
        await gateway.StopAsync();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Request_over_a_Unix_socket_allocates_nothing_on_its_loop()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, options => (options.Loops, options.AccessLog) = (1, AccessLogMode.Off));
        await using var client = await ConnectAsync();
        var loop = gateway.Loops.Loops[0].Loop;
        Assert.Equal(0, await Allocations.InSteadyStateAsync(() => loop.RunAsync(GC.GetAllocatedBytesForCurrentThread), async () =>
        {
            for (var i = 0; i < 600; i++)
            {
                await client.SendAsync(Get);
                await client.ReadUntilAsync("\r\n\r\nok");
            }
        }));
    }

    [Fact]
    public async Task Socket_is_for_its_user_and_group_and_gone_after_a_stop()
    {
        var gateway = await StartAsync(1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(Path));

        await gateway.StopAsync();
        Assert.False(File.Exists(Path));
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Socket_of_a_process_that_died_is_replaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // A framework socket deletes its file when it is closed, so the file is linked to stay.
            dead.Bind(new UnixDomainSocketEndPoint(Path + ".bound"));
            using var link = Process.Start("ln", [Path + ".bound", Path]);
            await link.WaitForExitAsync();
        }

        Assert.True(File.Exists(Path));
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port);
        await using var client = await ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\nok");
    }

    [Fact]
    public async Task Socket_that_somebody_listens_on_is_refused_and_left_alone()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port);
        var error = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(upstream.Port));

        Assert.StartsWith($"Cannot listen on unix:{Path}: another socket has the address. Stop the program that uses it, or choose another address.", error.Message);
        await using var client = await ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\nok");
    }

    [Fact]
    public async Task File_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(Path, "mine");
        await Assert.ThrowsAsync<HostStartException>(() => StartAsync(1));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path));
    }

    [Fact]
    public async Task Connections_above_the_limit_are_refused()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, options => (options.MaxConnections, options.MaxConnectionsPerClient) = (2, 1));
        await using var first = await ConnectAsync();
        await using var second = await ConnectAsync();
        foreach (var client in new[] { first, second })
        {
            // Peers of a Unix socket have no address to be counted by.
            await client.SendAsync(Get);
            await client.ReadUntilAsync("\r\n\r\nok");
        }

        await using var third = await ConnectAsync();
        Assert.Equal(string.Empty, await third.ReadToEndAsync());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    public async Task Restart_hands_the_socket_over(int before, int after)
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, Handover(before));
        await using var next = await StartAsync(upstream.Port, Handover(after));
        await gateway.HandedOver.WaitAsync(Eventually.Deadline);
        await gateway.StopAsync().WaitAsync(Eventually.Deadline);

        Assert.True(File.Exists(Path));
        await using var client = await ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\nok");
        Assert.Equal(1, next.Loops.Loops.SelectMany(loop => loop.GivableListeners).Sum(l => l.Accepted));
        await next.StopAsync();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Successor_that_ends_before_it_serves_leaves_the_socket_to_the_running_gateway()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, Handover(1));
        var next = await RunningGateway.StartAsync(Set(Handover(1)));
        await next.DisposeAsync();

        await using var client = await ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\nok");
    }

    public void Dispose() => _directory.Dispose();

    private static ScriptedUpstream Serving() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok");
        }
    });

    private Action<GatewayOptions> Handover(int loops) => options => (options.Loops, options.Handover) = (loops, _directory["hand-over"]);

    private Task<RunningGateway> StartAsync(int upstream, Action<GatewayOptions>? change = null) => RunningGateway.ToAsync([upstream], Set(change));

    private Action<GatewayOptions> Set(Action<GatewayOptions>? change) => options =>
    {
        options.Transport = GatewayTransport.Loops;
        options.Http = ListenAddress.Parse("unix:" + Path, null);
        change?.Invoke(options);
    };

    private async Task<RawConnection> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path));
        return new RawConnection(socket);
    }
}
