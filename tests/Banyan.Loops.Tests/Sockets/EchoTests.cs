using System.Net;
using System.Net.Sockets;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

/// <summary>Bytes through accepted sockets, as the echo server of these tests passes them.</summary>
public abstract class EchoTests(bool portable)
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    // A portable socket has a block of its own on the way.
    private int Held => portable ? 2 : 1;

    [Fact]
    public async Task Echo_small_message_comes_back()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        using var client = await RawClient.ConnectAsync(server.Endpoint);

        await client.SendAllAsync(Hello);

        Assert.Equal(Hello, await client.ReceiveAllAsync(5));
        Assert.True(server.Peers.TryDequeue(out var peer));
        Assert.Equal(client.LocalEndPoint!.ToString(), peer.ToString());
    }

    [Fact]
    public async Task Echo_of_a_thousand_connections_each_gets_its_own_bytes()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        var clients = new List<Socket>();
        for (var i = 0; i < 1000; i++)
        {
            clients.Add(await RawClient.ConnectAsync(server.Endpoint));
        }

        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < clients.Count; i++)
            {
                await clients[i].SendAllAsync(BitConverter.GetBytes((round * 10_000) + i));
            }

            for (var i = 0; i < clients.Count; i++)
            {
                Assert.Equal((round * 10_000) + i, BitConverter.ToInt32(await clients[i].ReceiveAllAsync(4)));
            }
        }

        Assert.Equal(1000, await running.On(() => server.Open));
        clients.ForEach(c => c.Dispose());
        await Eventually.True(() => server.Open == 0, "all connections closed");
        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 1, "only the listener is left");
    }

    [Fact]
    public async Task Echo_of_a_reader_that_reads_late_keeps_one_block_and_loses_nothing()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        var bytes = new byte[32 * 1024 * 1024];
        new Random(7).NextBytes(bytes);

        // 32 MiB fit into no socket's buffers: the server must have stopped reading before the client reads its first byte.
        var sending = client.SendAllAsync(bytes);
        await Eventually.True(() => running.Loop.Blocks.Rented == Held, "the server holds what the client does not take");
        var held = await running.On(() => server.Received);
        Assert.False(sending.IsCompleted);
        Assert.True(held < bytes.Length);

        var back = await client.ReceiveAllAsync(bytes.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(back));
        await sending;
        await Eventually.True(() => running.Loop.Blocks.Rented == 0, "the block is back");
    }

    [Fact]
    public async Task Echo_over_a_unix_socket_of_a_reader_that_reads_late_loses_nothing()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop, LoopAddress.Unix(directory["echo"]));
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory["echo"]));
        var bytes = new byte[8 * 1024 * 1024];
        new Random(8).NextBytes(bytes);

        var sending = client.SendAllAsync(bytes);
        await Eventually.True(() => running.Loop.Blocks.Rented == Held, "the server holds what the client does not take");

        var back = await client.ReceiveAllAsync(bytes.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(back));
        await sending;
        Assert.Equal(AddressKind.None, server.Peers.Single().Kind);
    }

    [Fact]
    public async Task Half_close_by_the_client_still_gets_an_answer()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        server.HalfClosed = "bye"u8.ToArray();
        using var client = await RawClient.ConnectAsync(server.Endpoint);

        await client.SendAllAsync(Hello);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("hellobye"u8.ToArray(), await client.ReceiveToEndAsync());
        await Eventually.True(() => server.Open == 0, "closed");
        Assert.Equal(1, server.Ends);
    }

    [Fact]
    public async Task Reset_by_the_client_is_an_error_of_the_receive()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        var client = await RawClient.ConnectAsync(server.Endpoint);
        await client.SendAllAsync(Hello);
        await client.ReceiveAllAsync(5);

        client.Reset();

        await Eventually.True(() => server.Open == 0, "closed");
        Assert.Equal([Errno.ConnectionReset], server.Errors);
    }

    [Fact]
    public async Task Reset_while_reading_is_off_and_nothing_is_to_be_written_is_a_hang_up()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        LoopStream? accepted = null;
        server.Wrap = socket => accepted = socket;
        var client = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");
        await running.On(() => accepted!.WantsRead = false);
        await client.SendAllAsync(Hello);

        client.Reset();

        await Eventually.True(() => server.Open == 0, "closed");
        Assert.Equal(1, server.HangUps);
        Assert.Equal(0, server.Received);
    }

    [Fact]
    public async Task WantsRead_turned_on_again_gives_what_arrived_meanwhile()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        LoopStream? accepted = null;
        server.Wrap = socket => accepted = socket;
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");
        await running.On(() => accepted!.WantsRead = false);
        await client.SendAllAsync(Hello);
        await Eventually.True(async () => await running.On(() => !accepted!.SeemsIdle), "the bytes arrived");
        Assert.Equal(0, server.Received);

        await running.On(() => accepted!.WantsRead = true);

        Assert.Equal(Hello, await client.ReceiveAllAsync(5));
    }

    [Fact]
    public async Task Handler_that_throws_loses_its_connection_and_no_other()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        server.ThrowOn = (byte)'!';
        using var good = await RawClient.ConnectAsync(server.Endpoint);
        using var bad = await RawClient.ConnectAsync(server.Endpoint);

        await bad.SendAllAsync("!"u8.ToArray());

        var error = await Assert.ThrowsAsync<SocketException>(() => bad.ReceiveAllAsync(1));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await good.SendAllAsync(Hello);
        Assert.Equal(Hello, await good.ReceiveAllAsync(5));
        Assert.Equal(1, server.FaultsTold);
        Assert.Equal(1, running.Loop.Statistics.Faults);
        Assert.Equal("poison", Assert.Single(running.Faults).Message);
        running.Faults.Clear();
    }

    [Fact]
    public async Task Echo_in_steady_state_allocates_nothing_on_the_loop()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        client.NoDelay = true;
        var allocated = await Allocations.InSteadyStateAsync(() => running.On(GC.GetAllocatedBytesForCurrentThread), () => RoundTripsAsync(client, 500));

        // The framework makes an operation of its sockets anew now and then; less than the smallest object a round trip.
        Assert.InRange(allocated, 0, portable ? (500 * 24) - 1 : 0);
    }

    private static Task RoundTripsAsync(Socket client, int count) => Task.Run(() =>
    {
        var answer = new byte[5];
        for (var i = 0; i < count; i++)
        {
            client.Send(Hello);
            for (var have = 0; have < answer.Length;)
            {
                have += client.Receive(answer.AsSpan(have));
            }
        }
    });

    public sealed class OverEpoll() : EchoTests(false);

    public sealed class Portable() : EchoTests(true);
}
