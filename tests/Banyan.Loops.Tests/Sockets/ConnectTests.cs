using System.Net;
using System.Net.Sockets;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

public abstract class ConnectTests(bool portable)
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Connect_to_a_listener_is_connected_and_bytes_go_both_ways(string ip)
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop, LoopAddress.Of(IPAddress.Parse(ip), 0));
        var owner = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(server.Listener.Address, owner));

        Assert.Equal(new ConnectOutcome(ConnectStatus.Connected), await owner.Outcome);
        Assert.Equal(IoResult.Done(11), await running.On(() => stream.Send("hello "u8, "world"u8)));

        await Eventually.True(async () => await running.On(() => owner.Received.Length) == 11, "the echo");
        Assert.Equal("hello world"u8.ToArray(), owner.Received.ToArray());
        Assert.Equal(server.Listener.Address, stream.Peer);
    }

    [Fact]
    public async Task Connect_to_a_unix_socket_is_connected_and_bytes_go_both_ways()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop, LoopAddress.Unix(directory["echo"]));
        var owner = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(server.Listener.Address, owner));

        Assert.Equal(ConnectStatus.Connected, (await owner.Outcome).Status);
        await running.On(() => stream.Send("hello"u8));

        await Eventually.True(async () => await running.On(() => owner.Received.Length) == 5, "the echo");
    }

    [Fact]
    public async Task Connect_where_nobody_listens_is_refused_and_the_stream_is_closed()
    {
        using var running = new RunningLoop(portable: portable);
        var owner = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(LoopAddress.Of(IPAddress.Loopback, FreePort.Next()), owner));

        Assert.Equal(new ConnectOutcome(ConnectStatus.Refused, Errno.ConnectionRefused), await owner.Outcome);
        Assert.True(stream.IsClosed);
        Assert.Equal(IoResult.Failed(Errno.BadDescriptor), await running.On(() => stream.Receive(running.Loop.ReceiveBuffer)));
        Assert.Equal(IoResult.Failed(Errno.BadDescriptor), await running.On(() => stream.Send("x"u8)));
        Assert.Equal(0, running.Loop.Statistics.OpenDescriptors);
    }

    [Fact]
    public async Task Connect_to_a_unix_path_without_a_file_is_refused()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: portable);
        var owner = new RecordingOwner();
        await running.On(() => running.Loop.Connect(LoopAddress.Unix(directory["nobody"]), owner));

        Assert.Equal(ConnectStatus.Refused, (await owner.Outcome).Status);
    }

    [Fact]
    public async Task Connect_closed_before_its_outcome_hears_nothing()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        var owner = new RecordingOwner();
        await running.On(() => running.Loop.Connect(server.Listener.Address, owner).Close());
        await running.On(() => running.Loop.Connect(LoopAddress.Unix("@nobody-listens-here"), owner).Close());

        // Whether the server ever saw it come depends on how far the system was; what came later has come through, and so has whatever there was to hear.
        var later = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(server.Listener.Address, later));
        Assert.Equal(ConnectStatus.Connected, (await later.Outcome).Status);
        await running.On(() => stream.Send("x"u8));
        await Eventually.True(async () => await running.On(() => later.Received.Length) == 1, "the echo");
        Assert.Empty(await running.On(() => owner.Calls.ToArray()));
    }

    [Fact]
    public async Task Connect_to_a_server_that_speaks_first_reads_what_it_said()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var running = new RunningLoop(portable: portable);
        for (var i = 0; i < 50; i++)
        {
            var owner = new RecordingOwner();
            var address = LoopAddress.Of(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
            var connecting = running.On(() => running.Loop.Connect(address, owner));
            using (var accepted = await listener.AcceptAsync())
            {
                await accepted.SendAllAsync("greetings"u8.ToArray());
            }

            await Eventually.True(async () => await running.On(() => owner.Last.Status) == IoStatus.End, "the greeting and the end");
            Assert.Equal("greetings"u8.ToArray(), owner.Received.ToArray());
            var stream = await connecting;
            await running.On(stream.Close);
        }
    }

    [Fact]
    public async Task Unused_connection_shows_whether_it_is_alive()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var running = new RunningLoop(portable: portable);
        var address = LoopAddress.Of(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
        foreach (var end in new Action<Socket>[] { s => s.Close(), s => s.Reset(), s => s.Send("unasked"u8) })
        {
            var owner = new RecordingOwner();
            var stream = await running.On(() => running.Loop.Connect(address, owner));
            using var accepted = await listener.AcceptAsync();
            await owner.Outcome;
            Assert.Equal((true, true), await running.On(() => (stream.SeemsIdle, stream.IsAlive())));
            await running.On(() => owner.WhenReadable = _ => { });

            end(accepted);

            await Eventually.True(async () => await running.On(() => owner.Calls.Contains("readable")), "the event");
            Assert.Equal((false, false), await running.On(() => (stream.SeemsIdle, stream.IsAlive())));
            await running.On(stream.Abort);
            Assert.Equal((false, false), await running.On(() => (stream.SeemsIdle, stream.IsAlive())));
        }
    }

    [Fact]
    public async Task Unused_connection_whose_event_proves_empty_is_alive_and_idle_again()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        var owner = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(server.Listener.Address, owner));
        await owner.Outcome;

        // As after an event of the same batch whose bytes were received by an earlier one's handler.
        await running.On(stream.AssumeReadable);
        Assert.False(await running.On(() => stream.SeemsIdle));

        Assert.Equal((true, true), await running.On(() => (stream.IsAlive(), stream.SeemsIdle)));
    }

    [Fact]
    public async Task ShutdownSend_ends_our_direction_and_the_other_goes_on()
    {
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        server.HalfClosed = new byte[100_000];
        var owner = new RecordingOwner();
        var stream = await running.On(() => running.Loop.Connect(server.Listener.Address, owner));
        await owner.Outcome;

        await running.On(stream.ShutdownSend);

        await Eventually.True(async () => await running.On(() => owner.Last.Status) == IoStatus.End, "the end");
        Assert.Equal(100_000, owner.Received.Length);
        Assert.Equal(IoResult.Failed(Errno.BrokenPipe), await running.On(() => stream.Send("x"u8)));
    }

    public sealed class OverEpoll() : ConnectTests(false);

    public sealed class Portable() : ConnectTests(true);
}
