using System.Net;

using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Sockets;
using Banyan.Testing;

namespace Banyan.Loops.Tests;

public sealed class EventLoopTests
{
    [Fact]
    public async Task Post_from_many_threads_runs_each_call_once_and_in_the_order_of_its_thread()
    {
        using var running = new RunningLoop();
        const int Threads = 8;
        const int Calls = 5000;
        var seen = Enumerable.Range(0, Threads).Select(_ => new List<int>()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Calls; i++)
            {
                var call = i;
                Assert.True(running.Loop.Post(_ => seen[thread].Add(call), null));
            }
        })));
        await running.On(() => { });

        Assert.All(seen, calls => Assert.Equal(Enumerable.Range(0, Calls), calls));
        Assert.Equal((Threads * Calls) + 1, running.Loop.Statistics.Posted);
    }

    [Fact]
    public async Task Post_runs_on_the_thread_of_the_loop_with_its_name()
    {
        using var running = new RunningLoop();
        Assert.False(running.Loop.IsCurrent);

        Assert.Equal((true, "banyan-loop-0"), await running.On(() => (running.Loop.IsCurrent, Thread.CurrentThread.Name)));
    }

    [Fact]
    public async Task Post_of_a_call_that_throws_is_a_fault_and_the_next_runs()
    {
        using var running = new RunningLoop();
        running.Loop.Post(_ => throw new InvalidOperationException("poison"), null);

        Assert.Equal(3, await running.On(() => 3));
        Assert.Equal("poison", Assert.Single(running.Faults).Message);
        running.Faults.Clear();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => running.On(() => throw new InvalidOperationException("asked for")));
        Assert.Equal("asked for", error.Message);
    }

    [Fact]
    public async Task Dispose_closes_what_is_on_the_loop_and_refuses_what_comes_later()
    {
        var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");

        running.Dispose();

        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.False(running.Loop.Post(_ => { }, null));
        await Assert.ThrowsAsync<LoopException>(() => running.On(() => { }));
        Assert.Equal(-1, server.Native.Descriptor);
        running.Loop.Dispose();
    }

    [Fact]
    public async Task Dispose_on_the_loop_itself_is_refused()
    {
        using var running = new RunningLoop();

        await Assert.ThrowsAsync<InvalidOperationException>(() => running.On(running.Loop.Dispose));
    }

    [Fact]
    public void Dispose_of_a_loop_that_never_ran_lets_go_of_its_listeners()
    {
        var loop = new EventLoop(3, new LoopOptions());
        var listener = LoopListener.Open(loop, LoopAddress.Of(IPAddress.Loopback, 0), new ListenOptions { SharedPort = false }, new NoListenerOwner());

        loop.Dispose();

        Assert.Equal(-1, listener.Descriptor);
    }

    [Fact]
    public async Task Event_of_a_stream_closed_earlier_in_the_same_batch_reaches_nobody()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        var owners = new[] { new RecordingOwner(), new RecordingOwner() };
        var successor = new RecordingOwner();
        var streams = new List<LoopStream>();
        server.Wrap = socket =>
        {
            streams.Add(socket);
            return socket;
        };
        using var one = await RawClient.ConnectAsync(server.Endpoint);
        using var two = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 2, "accepted");

        // Whichever is called first closes the other and opens a connection, which may well get the other's descriptor.
        await running.On(() =>
        {
            for (var i = 0; i < 2; i++)
            {
                var other = streams[1 - i];
                streams[i].Owner = owners[i];
                owners[i].WhenReadable = _ =>
                {
                    other.Close();
                    running.Loop.Connect(server.Listener.Address, successor);
                };
            }
        });

        // The loop is held while both sets of bytes arrive, so both events are of one batch.
        await using (await LoopHold.BeginAsync(running))
        {
            await one.SendAllAsync("1"u8.ToArray());
            await two.SendAllAsync("2"u8.ToArray());
        }

        Assert.Equal(ConnectStatus.Connected, (await successor.Outcome).Status);
        await running.On(() => { });

        Assert.Equal(["readable"], owners[0].Calls.Concat(owners[1].Calls));
        Assert.Equal(["connected Connected"], successor.Calls);
        await running.On(() => streams.ForEach(s => s.Close()));
    }

    [Fact]
    public void PollTable_gives_an_index_again_with_a_new_generation()
    {
        var table = new PollTable();
        using var loop = new EventLoop(0, new LoopOptions());
        var wakeup = new Wakeup();
        var first = table.Add(wakeup);
        Assert.Same(wakeup, table.Find(first));

        table.Remove(first);
        Assert.Null(table.Find(first));
        var second = table.Add(wakeup);

        Assert.Equal((uint)first, (uint)second);
        Assert.NotEqual(first, second);
        Assert.Null(table.Find(first));
        table.Remove(first);
        Assert.Same(wakeup, table.Find(second));
        Assert.Equal(1, table.Count);
        wakeup.Release();
    }

    [Fact]
    public async Task ReadAgain_calls_once_more_and_lets_others_in_between()
    {
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        var owner = new RecordingOwner();
        LoopStream? stream = null;
        server.Wrap = socket => stream = socket;
        using var client = await RawClient.ConnectAsync(server.Endpoint);
        await Eventually.True(() => server.Total == 1, "accepted");
        var turns = new List<long>();

        // A reader that takes one byte a call.
        var bytes = new byte[1];
        await running.On(() =>
        {
            stream!.Owner = owner;
            owner.WhenReadable = s =>
            {
                turns.Add(running.Loop.Statistics.Turns);
                if (s.Receive(bytes).Status == IoStatus.Done)
                {
                    owner.Received.Write(bytes);
                    s.ReadAgain();
                }
            };
        });
        await client.SendAllAsync("hello"u8.ToArray());

        await Eventually.True(async () => await running.On(() => owner.Received.Length) == 5, "all bytes");
        Assert.Equal("hello"u8.ToArray(), owner.Received.ToArray());
        Assert.True(turns[^1] > turns[0], "the reader held the loop for itself");
    }

    private sealed class NoListenerOwner : IListenerOwner
    {
        public void OnAccepted(StreamListener listener, LoopStream socket) => throw new InvalidOperationException("Nothing connects here.");

        public void OnAcceptPaused(StreamListener listener, int error, TimeSpan pause) => throw new InvalidOperationException("Nothing connects here.");
    }
}
