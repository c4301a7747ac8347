using System.Collections.Concurrent;
using System.Net;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.TestHost;

/// <summary>Listens on a loop and echoes. Its counts are the loop's: read them by a posted call, or where only "eventually" is asked.</summary>
public sealed class EchoServer : IListenerOwner
{
    private EchoServer()
    {
    }

    public StreamListener Listener { get; private set; } = null!;

    /// <summary>The listener of a loop over epoll, for what only those can do.</summary>
    public LoopListener Native => (LoopListener)Listener;

    public IPEndPoint Endpoint => new(Listener.Address.ToIPAddress()!, Listener.Address.Port);

    /// <summary>What to echo on instead of the accepted socket; null when the test does something else with it.</summary>
    public Func<LoopStream, LoopStream?>? Wrap { get; set; }

    /// <summary>Sent after the other side's end.</summary>
    public byte[]? HalfClosed { get; set; }

    /// <summary>Sent for whatever is received, in place of the echo.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>True: nothing is sent back.</summary>
    public bool Mute { get; set; }

    /// <summary>Received bytes with this one make the handler throw.</summary>
    public byte? ThrowOn { get; set; }

    public long Received { get; set; }

    public int Open { get; set; }

    public int Total { get; set; }

    public int Ends { get; set; }

    public int HangUps { get; set; }

    public int FaultsTold { get; set; }

    public ConcurrentQueue<int> Errors { get; } = new();

    public ConcurrentQueue<(int Error, TimeSpan Pause)> Pauses { get; } = new();

    public ConcurrentQueue<LoopAddress> Peers { get; } = new();

    public static async Task<EchoServer> StartAsync(EventLoop loop, LoopAddress? address = null, ListenOptions? options = null)
    {
        var server = new EchoServer();
        await loop.RunAsync(() => server.Listener = loop.Listen(address ?? LoopAddress.Of(IPAddress.Loopback, 0), options ?? new ListenOptions(), server));
        return server;
    }

    public static async Task<EchoServer> AdoptAsync(EventLoop loop, int descriptor)
    {
        var server = new EchoServer();
        await loop.RunAsync(() => server.Listener = LoopListener.Adopt(loop, descriptor, server));
        return server;
    }

    /// <summary>Accepts on another loop from the same queue.</summary>
    public static async Task<EchoServer> ShareAsync(EventLoop loop, StreamListener listener)
    {
        var server = new EchoServer();
        await loop.RunAsync(() => server.Listener = listener.Share(loop, server));
        return server;
    }

    public void OnAccepted(StreamListener listener, LoopStream socket)
    {
        Open++;
        Total++;
        Peers.Enqueue(socket.Peer);
        if ((Wrap is null ? socket : Wrap(socket)) is { } stream)
        {
            _ = new EchoConnection(this, stream);
        }
    }

    public void OnAcceptPaused(StreamListener listener, int error, TimeSpan pause) => Pauses.Enqueue((error, pause));
}
