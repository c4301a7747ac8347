namespace Banyan.Loops.Sockets;

/// <summary>Who is called about a stream, always on the stream's loop and never from inside a call on the stream.</summary>
public interface IStreamOwner
{
    /// <summary>A connection that was opened by us came to its outcome. Unless connected, the stream is closed already.</summary>
    void OnConnected(LoopStream stream, in ConnectOutcome outcome);

    /// <summary>
    /// Something can be received. Receive until the result is <see cref="IoStatus.WouldBlock"/> (which then costs no system call), or set
    /// <see cref="LoopStream.WantsRead"/> to false, or call <see cref="LoopStream.ReadAgain"/> to go on in the loop's next turn; otherwise what is there waits for
    /// the next bytes to arrive.
    /// </summary>
    void OnReadable(LoopStream stream);

    /// <summary>After a send that was not taken whole: it can go on.</summary>
    void OnWritable(LoopStream stream);

    /// <summary>The connection is reset or closed both ways while <see cref="LoopStream.WantsRead"/> is false. The stream is not closed yet.</summary>
    void OnHangUp(LoopStream stream);

    /// <summary>A method of this owner threw, which is a defect. The stream has been aborted already; let go of what else is held.</summary>
    void OnFault(LoopStream stream, Exception fault);
}
