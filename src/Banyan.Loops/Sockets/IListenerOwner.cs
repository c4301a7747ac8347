namespace Banyan.Loops.Sockets;

/// <summary>Who is called about a listener, on the listener's loop.</summary>
public interface IListenerOwner
{
    /// <summary>A connection came. Give it an <see cref="LoopStream.Owner"/> here, directly or through TLS, or it is aborted.</summary>
    void OnAccepted(LoopListener listener, LoopSocket socket);

    /// <summary>
    /// Accepting pauses because the system gives no descriptor or memory (<see cref="Errno"/>); it goes on by itself after the time given. Connections wait in the
    /// listener's queue meanwhile; from the second pause in a row on, one a pause is reset, so that clients learn of it.
    /// </summary>
    void OnAcceptPaused(LoopListener listener, int error, TimeSpan pause);
}
