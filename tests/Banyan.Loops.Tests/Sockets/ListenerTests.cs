using System.Net;
using System.Net.Sockets;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

public sealed class ListenerTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Fact]
    public async Task Open_on_a_taken_address_says_so()
    {
        using var running = new RunningLoop();
        var alone = new ListenOptions { SharedPort = false };
        var first = await EchoServer.StartAsync(running.Loop, options: alone);

        var error = await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, first.Listener.Address, alone));

        Assert.Equal($"Cannot listen on {first.Endpoint}: another socket has the address. Stop the program that uses it, or choose another address.", error.Message);
    }

    [Fact]
    public async Task Open_on_two_loops_spreads_connections_over_both()
    {
        using var one = new RunningLoop();
        using var two = new RunningLoop();
        var first = await EchoServer.StartAsync(one.Loop);
        var second = await EchoServer.StartAsync(two.Loop, first.Listener.Address);

        // The system chooses by a hash of the addresses: that all of 200 fall on one side has a chance of 2⁻¹⁹⁹.
        var clients = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            clients.Add(await RawClient.ConnectAsync(first.Endpoint));
        }

        await Eventually.True(() => first.Total + second.Total == 200, "all accepted");
        Assert.True(first.Total > 0 && second.Total > 0);
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Open_on_the_IPv6_wildcard_takes_IPv4_unless_told_not_to()
    {
        using var running = new RunningLoop();
        var both = await EchoServer.StartAsync(running.Loop, LoopAddress.Of(IPAddress.IPv6Any, 0));
        using (var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, both.Endpoint.Port)))
        {
            await Eventually.True(() => both.Total == 1, "accepted");
            Assert.Equal(AddressKind.Ipv4, both.Peers.Single().Kind);
        }

        // A port the system chooses for IPv6 alone may be somebody's for IPv4.
        var alone = await EchoServer.StartAsync(running.Loop, LoopAddress.Of(IPAddress.IPv6Any, FreePort.Next()), new ListenOptions { DualStack = false });
        var error = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, alone.Endpoint.Port)));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task Open_on_a_unix_path_replaces_the_file_of_a_listener_that_has_gone()
    {
        using var directory = new TempDirectory();
        var address = LoopAddress.Unix(directory["pets"]);
        using (var gone = new RunningLoop())
        {
            await EchoServer.StartAsync(gone.Loop, address);
        }

        Assert.True(File.Exists(address.Path));
        using var running = new RunningLoop();
        await EchoServer.StartAsync(running.Loop, address);

        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(address.Path!));
        await client.SendAllAsync(Hello);
        Assert.Equal(Hello, await client.ReceiveAllAsync(5));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(address.Path!));
    }

    [Fact]
    public async Task Open_on_a_unix_path_in_use_or_of_an_ordinary_file_is_refused_and_leaves_it()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop();
        var used = LoopAddress.Unix(directory["used"]);
        await EchoServer.StartAsync(running.Loop, used);
        File.WriteAllText(directory["text"], string.Empty);

        await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, used));
        await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, LoopAddress.Unix(directory["text"])));

        Assert.True(File.Exists(directory["text"]));
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(used.Path!));
    }

    [Fact]
    public async Task Pause_lets_connections_wait_and_Resume_takes_them()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        using var old = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");
        await running.On(server.Native.Pause);

        using var waiting = await RawClient.ConnectAsync(server.Endpoint);
        await waiting.SendAllAsync(Hello);
        await old.SendAllAsync(Hello);
        Assert.Equal(Hello, await old.ReceiveAllAsync(5));
        Assert.Equal(1, await running.On(() => server.Total));

        await running.On(server.Native.Resume);
        Assert.Equal(Hello, await waiting.ReceiveAllAsync(5));
    }

    [Fact]
    public async Task Close_takes_what_waits_and_refuses_what_comes_later()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);

        // The loop is held, so that the connections wait in the listener's queue.
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

        var error = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(server.Endpoint));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task Adopt_of_a_listener_handed_over_takes_the_connections_that_waited()
    {
        using var before = new RunningLoop();
        using var after = new RunningLoop();
        var old = await EchoServer.StartAsync(before.Loop);
        await before.On(old.Native.Pause);
        using var waiting = await RawClient.ConnectAsync(old.Endpoint);
        await waiting.SendAllAsync(Hello);

        // What another process would receive is a duplicate of the descriptor.
        var duplicate = Native.Libc.Duplicate(old.Native.Descriptor);
        await before.On(old.Native.Abandon);
        var successor = await EchoServer.AdoptAsync(after.Loop, duplicate);

        Assert.Equal(Hello, await waiting.ReceiveAllAsync(5));
        Assert.Equal((0, 1), (old.Total, successor.Total));
        Assert.Equal(old.Endpoint, successor.Endpoint);
    }

    [Fact]
    public async Task Share_of_a_unix_listener_serves_from_the_other_loop_while_one_is_busy()
    {
        using var directory = new TempDirectory();
        using var one = new RunningLoop();
        using var two = new RunningLoop();
        var first = await EchoServer.StartAsync(one.Loop, LoopAddress.Unix(directory["pets"]));
        var second = await EchoServer.ShareAsync(two.Loop, first.Listener);
        await using (await LoopHold.BeginAsync(one))
        {
            for (var i = 0; i < 5; i++)
            {
                using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory["pets"]));
                await client.SendAllAsync(Hello);
                Assert.Equal(Hello, await client.ReceiveAllAsync(5));
            }
        }

        Assert.Equal(5, second.Total);
        await one.On(first.Listener.Close);
        using var later = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory["pets"]));
        await later.SendAllAsync(Hello);
        Assert.Equal(Hello, await later.ReceiveAllAsync(5));
    }

    [Fact]
    public async Task Adopt_of_a_descriptor_that_does_not_listen_is_refused()
    {
        using var running = new RunningLoop();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        var error = await Assert.ThrowsAsync<LoopException>(() => EchoServer.AdoptAsync(running.Loop, (int)socket.Handle));

        Assert.EndsWith("it does not listen. Hand over the descriptor of a listening stream socket.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_connection_without_an_owner_is_reset()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = _ => null;

        var error = await Assert.ThrowsAsync<SocketException>(() => ConnectAndReceiveAsync(server.Endpoint));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task Fault_while_accepting_costs_that_connection_only()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = socket => throw new InvalidOperationException("poison");
        await Assert.ThrowsAsync<SocketException>(() => ConnectAndReceiveAsync(server.Endpoint));
        await Eventually.True(() => running.Loop.Statistics.Faults == 1 && running.Faults.Count == 1, "reported");
        Assert.Equal("poison", Assert.Single(running.Faults).Message);
        running.Faults.Clear();
        server.Wrap = null;

        using var good = await RawClient.ConnectAsync(server.Endpoint);
        await good.SendAllAsync(Hello);
        Assert.Equal(Hello, await good.ReceiveAllAsync(5));
    }

    /// <summary>The reset of an accepted connection may already be seen by the connecting.</summary>
    private static async Task ConnectAndReceiveAsync(IPEndPoint endpoint)
    {
        using var client = await RawClient.ConnectAsync(endpoint);
        await client.ReceiveAllAsync(1);
    }
}
