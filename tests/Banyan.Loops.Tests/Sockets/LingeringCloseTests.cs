using System.Net.Sockets;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

public abstract class LingeringCloseTests(bool portable)
{
    [Fact]
    public async Task Begin_lets_a_client_that_still_sends_read_the_whole_answer()
    {
        using var running = new RunningLoop(new ManualClock(), portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        var answer = new byte[60_000];
        new Random(3).NextBytes(answer);
        server.Wrap = socket => Refuse(socket, answer);
        using var client = await RawClient.ConnectAsync(server.Endpoint);

        await client.SendAllAsync(new byte[200_000]);

        Assert.Equal(answer, await client.ReceiveToEndAsync());
        client.Close();
        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 1, "closed at the client's end");
    }

    [Fact]
    public async Task Begin_ends_at_its_deadline_when_the_client_does_not()
    {
        var clock = new ManualClock();
        using var running = new RunningLoop(clock, portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = socket => Refuse(socket, "no"u8.ToArray());
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        await client.SendAllAsync("x"u8.ToArray());
        Assert.Equal("no"u8.ToArray(), await client.ReceiveToEndAsync());
        Assert.Equal(2, running.Loop.Statistics.OpenDescriptors);

        clock.Advance(TimeSpan.FromSeconds(2));

        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 1, "closed at the deadline");
    }

    [Fact]
    public async Task Begin_ends_when_the_client_sends_without_end()
    {
        using var running = new RunningLoop(new ManualClock(), portable: portable);
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = socket => Refuse(socket, "no"u8.ToArray());
        using var client = await RawClient.ConnectAsync(server.Endpoint);

        var error = await Assert.ThrowsAsync<SocketException>(() => client.SendAllAsync(new byte[64 * 1024 * 1024]));

        Assert.Contains(error.SocketErrorCode, new[] { SocketError.ConnectionReset, SocketError.Shutdown });
        await Eventually.True(() => running.Loop.Statistics.OpenDescriptors == 1, "closed");
    }

    /// <summary>Answers the first bytes and closes.</summary>
    private static LoopStream? Refuse(LoopStream socket, byte[] answer)
    {
        socket.Owner = new RecordingOwner
        {
            WhenReadable = stream =>
            {
                stream.Receive(stream.Loop.ReceiveBuffer[..1]);
                Assert.Equal(answer.Length, stream.Send(answer).Count);
                LingeringClose.Begin(stream, TimeSpan.FromSeconds(2));
            },
        };
        return null;
    }

    public sealed class OverEpoll() : LingeringCloseTests(false);

    public sealed class Portable() : LingeringCloseTests(true);
}
