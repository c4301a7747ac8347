namespace Banyan.Loops.Sockets;

/// <summary>A listening socket as one loop sees it. Used on the loop's thread once it runs. Opened by <see cref="EventLoop.Listen"/>.</summary>
public abstract class StreamListener
{
    private protected StreamListener(EventLoop loop, in LoopAddress address)
    {
        Loop = loop;
        Address = address;
    }

    /// <summary>The loop it lives on.</summary>
    public EventLoop Loop { get; }

    /// <summary>Where it listens, with the port the system chose when 0 was asked for.</summary>
    public LoopAddress Address { get; }

    /// <summary>Connections accepted so far.</summary>
    public long Accepted { get; private protected set; }

    /// <summary>Accepts on another loop from the same queue: how several loops serve what cannot be listened on twice. Each closes for itself.</summary>
    /// <exception cref="LoopException">No descriptor is left.</exception>
    public abstract StreamListener Share(EventLoop loop, IListenerOwner owner);

    /// <summary>
    /// Stops listening, after accepting what waits: the system would reset it. The file of a Unix socket stays, because it may be a successor's by now.
    /// </summary>
    public abstract void Close();
}
