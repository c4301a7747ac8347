using System.Collections.Concurrent;
using System.Net.Sockets;

using Banyan.Loops.Native;
using Banyan.Loops.Sockets;

namespace Banyan.Loops.Portable;

/// <summary>What a portable loop gets of a listening socket.</summary>
internal sealed class PortableListener : StreamListener, IPollable
{
    private readonly AcceptQueue _queue;
    private readonly IListenerOwner _owner;
    private readonly ConcurrentQueue<(Socket Socket, bool Unix)> _offered = new();
    private readonly ulong _token;
    private bool _closed;
    private bool _released;

    private PortableListener(EventLoop loop, AcceptQueue queue, IListenerOwner owner)
        : base(loop, queue.Address)
    {
        _queue = queue;
        _owner = owner;
        _token = loop.Watch(this);
        queue.Add(this);
    }

    /// <summary>As <see cref="EventLoop.Listen"/>.</summary>
    public static PortableListener Open(EventLoop loop, in LoopAddress address, ListenOptions options, IListenerOwner owner) =>
        new(loop, AcceptQueue.Open(loop, address, options), owner);

    /// <inheritdoc/>
    public override PortableListener Share(EventLoop loop, IListenerOwner owner) => new(loop, _queue, owner);

    /// <inheritdoc/>
    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _queue.Remove(this);
        TakeOffered();
        Loop.Unwatch(_token);
    }

    /// <summary>Somebody connected; from any thread.</summary>
    public void Offer(Socket socket, bool unix)
    {
        _offered.Enqueue((socket, unix));
        Loop.Report(_token, PollEvents.In);
    }

    /// <summary>Serves somebody who connected.</summary>
    public void Take(Socket socket, bool unix)
    {
        if (_released)
        {
            socket.Close(0);
            return;
        }

        Accepted++;
        PortableSocket stream;
        try
        {
            stream = PortableSocket.Accepted(Loop, socket, unix);
        }
        catch (SocketException)
        {
            // It has gone already.
            socket.Dispose();
            return;
        }

        try
        {
            _owner.OnAccepted(this, stream);
        }
        catch
        {
            stream.Abort();
            throw;
        }

        if (stream.Owner is null)
        {
            stream.Abort();
        }
    }

    /// <summary>Nobody can be accepted for a time; from any thread.</summary>
    public void TellPaused(int error, TimeSpan pause) => Loop.Post(_ => _owner.OnAcceptPaused(this, error, pause), null);

    void IPollable.OnEvents(PollEvents events) => TakeOffered();

    void IPollable.OnFault(Exception fault)
    {
        // The connection the owner choked on has been aborted; those behind it are served next.
        Loop.Report(_token, PollEvents.In);
    }

    void IPollable.Release()
    {
        _released = true;
        Close();
    }

    private void TakeOffered()
    {
        while (_offered.TryDequeue(out var offered))
        {
            Take(offered.Socket, offered.Unix);
        }
    }
}
