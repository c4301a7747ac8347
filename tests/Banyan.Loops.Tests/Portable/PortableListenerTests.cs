using System.Net;
using System.Net.Sockets;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Portable;

public sealed class PortableListenerTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Fact]
    public async Task Open_on_a_taken_address_says_so()
    {
        using var running = new RunningLoop(portable: true);
        var first = await EchoServer.StartAsync(running.Loop);

        var error = await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, first.Listener.Address));

        Assert.Equal($"Cannot listen on {first.Endpoint}: another socket has the address. Stop the program that uses it, or choose another address.", error.Message);
    }

    [Fact]
    public async Task Share_deals_connections_to_both_loops_in_turn()
    {
        using var one = new RunningLoop(portable: true);
        using var two = new RunningLoop(portable: true);
        var first = await EchoServer.StartAsync(one.Loop);
        var second = await EchoServer.ShareAsync(two.Loop, first.Listener);
        Assert.Equal(first.Listener.Address, second.Listener.Address);

        var clients = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await RawClient.ConnectAsync(first.Endpoint));
        }

        await Eventually.True(() => (first.Total, second.Total) == (10, 10), "half of them on each");
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Close_of_one_loop_leaves_the_address_to_the_other()
    {
        using var one = new RunningLoop(portable: true);
        using var two = new RunningLoop(portable: true);
        var first = await EchoServer.StartAsync(one.Loop);
        var second = await EchoServer.ShareAsync(two.Loop, first.Listener);

        await one.On(first.Listener.Close);
        using var client = await RawClient.ConnectAsync(first.Endpoint);
        await client.SendAllAsync(Hello);

        Assert.Equal(Hello, await client.ReceiveAllAsync(5));
        Assert.Equal((0, 1), (first.Total, second.Total));
        await two.On(second.Listener.Close);
        var error = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(first.Endpoint));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task Close_takes_who_connected_before()
    {
        using var running = new RunningLoop(portable: true);
        var server = await EchoServer.StartAsync(running.Loop);
        var clients = new List<Socket>();
        await using (await LoopHold.BeginAsync(running, server.Listener.Close))
        {
            for (var i = 0; i < 20; i++)
            {
                clients.Add(await RawClient.ConnectAsync(server.Endpoint));
            }
        }

        foreach (var client in clients)
        {
            await client.SendAllAsync(Hello);
            Assert.Equal(Hello, await client.ReceiveAllAsync(5));
            client.Dispose();
        }
    }

    [Fact]
    public async Task Owner_that_throws_loses_the_connection_and_gets_the_next()
    {
        using var running = new RunningLoop(portable: true);
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = _ => throw new InvalidOperationException("poison");
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            // The reset may come before the client knows that it is connected.
            using var bad = await RawClient.ConnectAsync(server.Endpoint);
            await bad.ReceiveAllAsync(1);
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);

        server.Wrap = null;
        using var good = await RawClient.ConnectAsync(server.Endpoint);
        await good.SendAllAsync(Hello);

        Assert.Equal(Hello, await good.ReceiveAllAsync(5));
        Assert.Equal("poison", Assert.Single(running.Faults).Message);
        running.Faults.Clear();
    }

    [Fact]
    public async Task Open_on_a_unix_path_replaces_the_file_of_a_listener_that_has_gone_and_no_other()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: true);
        var address = LoopAddress.Unix(directory["pets"]);
        using (var gone = new RunningLoop())
        {
            await EchoServer.StartAsync(gone.Loop, address);
        }

        Assert.True(File.Exists(address.Path));
        await EchoServer.StartAsync(running.Loop, address);

        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(address.Path!));
        await client.SendAllAsync(Hello);
        Assert.Equal(Hello, await client.ReceiveAllAsync(5));
        await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, address));
    }

    [Fact]
    public async Task Dispose_of_the_loop_closes_what_is_on_it()
    {
        var running = new RunningLoop(portable: true);
        var server = await EchoServer.StartAsync(running.Loop);
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");

        running.Dispose();

        Assert.Empty(await client.ReceiveToEndAsync());
        var error = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(server.Endpoint));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task Timers_of_a_portable_loop_follow_its_clock()
    {
        var clock = new ManualClock();
        using var running = new RunningLoop(clock, portable: true);
        var server = await EchoServer.StartAsync(running.Loop, LoopAddress.Of(IPAddress.Loopback, 0));
        server.Wrap = socket =>
        {
            LingeringClose.Begin(socket, TimeSpan.FromSeconds(2));
            return null;
        };
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Equal(2, running.Loop.Statistics.OpenDescriptors);

        clock.Advance(TimeSpan.FromSeconds(2));

        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 1, "closed at the deadline");
    }
}
