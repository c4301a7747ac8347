using System.Net;
using System.Net.Sockets;

using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Sockets;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Portable;

/// <summary>What is different inside; what owners see is shown by the tests that run over both kinds of loop.</summary>
public sealed class PortableSocketTests
{
    [Fact]
    public async Task Send_takes_what_fits_then_blocks_and_tells_when_it_can_go_on()
    {
        using var running = new RunningLoop(portable: true);
        var (owner, stream, peer) = await ConnectedAsync(running);
        using var _ = peer;
        var bytes = new byte[64 * 1024];
        var taken = 0L;

        await running.On(() =>
        {
            IoResult result;
            while ((result = stream.Send(bytes)).Status == IoStatus.Done)
            {
                taken += result.Count;
            }

            // Looked at in the same turn: the system may find more room later although nobody reads.
            Assert.Equal(IoStatus.WouldBlock, result.Status);
            Assert.Equal(1, running.Loop.Blocks.Rented);
            Assert.DoesNotContain("writable", owner.Calls);
        });
        await peer.ReceiveAllAsync((int)taken);

        await Eventually.True(async () => await running.On(() => owner.Calls.Contains("writable")), "the call");
        Assert.Equal(0, running.Loop.Blocks.Rented);
    }

    [Fact]
    public async Task Close_while_a_send_stands_still_lets_what_was_taken_arrive()
    {
        using var running = new RunningLoop(new ManualClock(), portable: true);
        var (_, stream, peer) = await ConnectedAsync(running);
        using var _ = peer;
        var bytes = new byte[64 * 1024];
        var taken = await running.On(() =>
        {
            var sum = 0L;
            IoResult result;
            while ((result = stream.Send(bytes)).Status == IoStatus.Done)
            {
                sum += result.Count;
            }

            stream.Close();
            Assert.True(stream.IsClosed);
            return sum;
        });

        Assert.Equal(taken, (await peer.ReceiveToEndAsync()).Length);
        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 0, "closed");
    }

    [Fact]
    public async Task Close_while_a_send_stands_still_is_cut_at_the_deadline()
    {
        var clock = new ManualClock();
        using var running = new RunningLoop(clock, portable: true);
        var (_, stream, peer) = await ConnectedAsync(running);
        using var _ = peer;
        var bytes = new byte[64 * 1024];
        await running.On(() =>
        {
            while (stream.Send(bytes).Status == IoStatus.Done)
            {
                // Until nothing more is taken.
            }

            stream.Close();
        });
        Assert.Equal(1, running.Loop.Statistics.OpenDescriptors);

        clock.Advance(TimeSpan.FromSeconds(10));

        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 0 && running.Loop.Blocks.Rented == 0, "given up");
        await Assert.ThrowsAsync<SocketException>(peer.ReceiveToEndAsync);
    }

    [Fact]
    public async Task Abort_resets_and_Close_does_not()
    {
        using var running = new RunningLoop(portable: true);
        foreach (var reset in new[] { true, false })
        {
            var (_, stream, peer) = await ConnectedAsync(running);
            using var _ = peer;
            await running.On(reset ? stream.Abort : stream.Close);

            if (reset)
            {
                Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(peer.ReceiveToEndAsync)).SocketErrorCode);
            }
            else
            {
                Assert.Empty(await peer.ReceiveToEndAsync());
            }
        }
    }

    [Fact]
    public async Task Send_before_the_connection_stands_waits_for_it()
    {
        using var running = new RunningLoop(portable: true);
        var server = await EchoServer.StartAsync(running.Loop);
        var owner = new RecordingOwner();
        var (stream, result) = await running.On(() =>
        {
            var connecting = running.Loop.Connect(server.Listener.Address, owner);
            return (connecting, connecting.Send("early"u8));
        });

        Assert.Equal(IoResult.WouldBlock, result);
        await Eventually.True(async () => await running.On(() => owner.Calls.Contains("writable")), "the call");
        Assert.Equal(["connected Connected", "writable"], await running.On(() => owner.Calls[..2]));
        await running.On(stream.Close);
    }

    [Fact]
    public async Task Listen_and_connect_where_the_directory_is_missing_say_so()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: true);
        var address = LoopAddress.Unix(Path.Combine(directory.Path, "missing", "socket"));
        var owner = new RecordingOwner();
        await running.On(() => running.Loop.Connect(address, owner));

        Assert.Equal(ConnectStatus.Refused, (await owner.Outcome).Status);
        var error = await Assert.ThrowsAsync<LoopException>(() => EchoServer.StartAsync(running.Loop, address));
        Assert.Equal($"Cannot listen on {address}: {Errno.Describe(2)}.", error.Message);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, Errno.ConnectionRefused)]
    [InlineData(SocketError.ConnectionReset, Errno.ConnectionReset)]
    [InlineData(SocketError.Shutdown, Errno.BrokenPipe)]
    [InlineData(SocketError.TimedOut, Errno.TimedOut)]
    public void Errors_have_the_numbers_and_words_of_the_other_kind(SocketError error, int number)
    {
        Assert.Equal(number, SocketErrors.Number(error));
        Assert.Equal(new SocketException((int)error).Message, SocketErrors.Words(number));
    }

    [Fact]
    public async Task Reset_behind_bytes_nobody_wants_is_a_hang_up()
    {
        using var running = new RunningLoop(portable: true);
        var (owner, stream, peer) = await ConnectedAsync(running);
        await running.On(() => stream.WantsRead = false);
        await peer.SendAllAsync("unread"u8.ToArray());
        await Eventually.True(async () => await running.On(() => !stream.SeemsIdle), "the bytes arrived");

        peer.Reset();

        await Eventually.True(async () => await running.On(() => owner.Calls.Contains("hang-up")), "the call");
        Assert.Single(await running.On(() => owner.Calls.Where(c => c == "hang-up").ToArray()));
        await running.On(stream.Abort);
    }

    private static async Task<(RecordingOwner Owner, LoopStream Stream, Socket Peer)> ConnectedAsync(RunningLoop running)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var owner = new RecordingOwner();
        var address = LoopAddress.Of(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
        var stream = await running.On(() => running.Loop.Connect(address, owner));
        var peer = await listener.AcceptAsync();
        Assert.Equal(ConnectStatus.Connected, (await owner.Outcome).Status);
        return (owner, stream, peer);
    }
}
