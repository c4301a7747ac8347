using System.Net.Sockets;

using Banyan.Loops.Passing;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Passing;

public sealed class DescriptorChannelTests
{
    [Fact]
    public async Task Listener_handed_to_another_process_takes_the_connections_that_waited()
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        await running.On(server.Native.Pause);
        using var waiting = await RawClient.ConnectAsync(server.Endpoint);
        await waiting.SendAllAsync("hello"u8.ToArray());

        using var listener = Listen(directory["hand-over"]);
        using var successor = HostProcess.Start(1000, "adopt", directory["hand-over"]);
        using (var channel = await listener.AcceptAsync())
        {
            DescriptorChannel.Send(channel, [server.Native.Descriptor], "http"u8);
        }

        Assert.Equal("received 1 descriptors with 4 bytes", await successor.LineAsync());
        Assert.Equal(server.Endpoint, await successor.ListeningAsync());
        await running.On(server.Native.Abandon);
        Assert.Equal("hello"u8.ToArray(), await waiting.ReceiveAllAsync(5));
        using var later = await RawClient.ConnectAsync(server.Endpoint);
        await later.SendAllAsync("again"u8.ToArray());
        Assert.Equal("again"u8.ToArray(), await later.ReceiveAllAsync(5));
    }

    [Fact]
    public async Task Receive_closes_descriptors_that_do_not_fit_and_sees_the_end()
    {
        using var directory = new TempDirectory();
        using var listener = Listen(directory["channel"]);
        using var left = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory["channel"]));
        using var right = await listener.AcceptAsync();
        using var file = File.OpenHandle(directory["file"], FileMode.Create, FileAccess.ReadWrite);
        var descriptor = (int)file.DangerousGetHandle();

        DescriptorChannel.Send(left, [descriptor, descriptor, descriptor], "three"u8);
        left.Shutdown(SocketShutdown.Send);

        var received = new int[2];
        var message = new byte[100];
        Assert.Equal((2, 5), DescriptorChannel.Receive(right, received, message));
        Assert.Equal("three"u8, message.AsSpan(0, 5));
        Assert.DoesNotContain(descriptor, received);
        Assert.All(received, d => Assert.Equal(0, Native.Libc.Close(d)));
        Assert.Equal((0, 0), DescriptorChannel.Receive(right, received, message));
    }

    [Fact]
    public async Task Send_to_a_side_that_has_gone_says_so()
    {
        using var directory = new TempDirectory();
        using var listener = Listen(directory["channel"]);
        using var left = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(directory["channel"]));
        (await listener.AcceptAsync()).Close();

        var error = Assert.Throws<LoopException>(() => DescriptorChannel.Send(left, [], "x"u8));

        Assert.Equal("Cannot send to the process that takes over: Broken pipe (errno 32). Start the hand-over again.", error.Message);
    }

    private static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }
}
