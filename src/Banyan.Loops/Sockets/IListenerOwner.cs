namespace Banyan.Loops.Sockets;

/// <summary>Who is called about a listener, on the listener's loop.</summary>
public interface IListenerOwner
{
    /// <summary>A connection came. Give it an <see cref="LoopStream.Owner"/> here, directly or through TLS, or it is aborted.</summary>
    void OnAccepted(StreamListener listener, LoopStream socket);

    /// <summary>
    /// Accepting pauses because the system gives no memory or hardly any descriptor is left (<see cref="Errno"/>; 64 are kept back, because a process without any
    /// fails in unforeseeable ways); it goes on by itself after the time given. The connection that was one too many is reset; others wait in the queue.
    /// </summary>
    void OnAcceptPaused(StreamListener listener, int error, TimeSpan pause);
}
