namespace Banyan.Loops.Sockets;

/// <summary>
/// A stream that is a part of another connection, as a stream of HTTP/2 is: its bytes come from and go to whoever reads that connection. Owners cannot tell it from
/// a socket, and are called the same way: on the loop, and never from inside a call on the stream.
/// </summary>
/// <param name="loop">The loop of the connection it is a part of.</param>
public abstract class LoopSubstream(EventLoop loop) : LoopStream(loop)
{
    private bool _tellsWritable;

    /// <summary>True when there is something to receive: bytes, the end, or a failure.</summary>
    protected abstract bool HasInput { get; }

    /// <summary>True when the failure of the stream is to be told even though the owner does not want to read.</summary>
    protected abstract bool IsBroken { get; }

    internal override bool MayHaveMore => HasInput;

    /// <summary>After a send that was not taken whole: lets the owner be called before the loop waits, because it can go on.</summary>
    protected void TellWritable()
    {
        _tellsWritable = true;
        ReadAgain();
    }

    internal override void CallAgain()
    {
        if (_tellsWritable && !IsClosed)
        {
            Owner?.OnWritable(this);
        }

        _tellsWritable = false;
        if (IsClosed)
        {
            return;
        }

        if (WantsRead)
        {
            Owner?.OnReadable(this);
        }
        else if (IsBroken)
        {
            Owner?.OnHangUp(this);
        }
    }
}
