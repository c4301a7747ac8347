namespace Banyan.Loops.Sockets;

/// <summary>
/// A connection that lives on one loop: bytes both ways, non-blocking, plain or TLS alike. Everything here is called on the loop's thread only; nothing is checked.
/// </summary>
/// <remarks>
/// The pull contract: the owner receives and sends when it likes, trying first; only after <see cref="IoStatus.WouldBlock"/>, or a send that was not taken whole,
/// does it wait to be called. After <see cref="Close"/> or <see cref="Abort"/> no call comes any more, not even for events that were already reported by the
/// system, and every receive and send fails with <see cref="Errno.BadDescriptor"/>.
/// </remarks>
public abstract class LoopStream
{
    private bool _wantsRead = true;

    private protected LoopStream(EventLoop loop) => Loop = loop;

    /// <summary>The loop it lives on.</summary>
    public EventLoop Loop { get; }

    /// <summary>Who is called about it. May change hands at any time, as when an idle connection goes to a pool.</summary>
    public IStreamOwner? Owner { get; set; }

    /// <summary>
    /// True (the default): <see cref="IStreamOwner.OnReadable"/> is called. False: that something arrived is remembered, and when this becomes true again the call
    /// comes within the same turn. Costs no system call either way.
    /// </summary>
    public bool WantsRead
    {
        get => _wantsRead;
        set
        {
            if (value && !_wantsRead && MayHaveMore)
            {
                ReadAgain();
            }

            _wantsRead = value;
        }
    }

    /// <summary>The other side's address; <see cref="AddressKind.None"/> for a Unix socket that was accepted.</summary>
    public abstract LoopAddress Peer { get; }

    /// <summary>True once closed from this side; a broken connection is closed by its owner.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>What the owner knows without a system call: false when something arrived on it, or it is closed. An unused pooled connection should say true.</summary>
    public abstract bool SeemsIdle { get; }

    /// <summary>True when a receive may give something without a further event.</summary>
    internal abstract bool MayHaveMore { get; }

    /// <summary>True once the connection was reported as reset or closed both ways.</summary>
    internal virtual bool IsGone => false;

    /// <summary>True while it waits in the loop's list of streams to call; the loop's own.</summary>
    internal bool Listed { get; set; }

    /// <summary>Receives into the span, which must not be empty. Less than the span's length may come even when more is there.</summary>
    public abstract IoResult Receive(Span<byte> into);

    /// <summary>
    /// Sends at least one byte; the count may be less than given. Then, and when it would block, <see cref="IStreamOwner.OnWritable"/> comes when it can go on.
    /// </summary>
    public abstract IoResult Send(ReadOnlySpan<byte> bytes);

    /// <summary>Sends two spans, one of which may be empty, in one system call; the count is over both.</summary>
    public abstract IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Ends our direction; the other side reads to the end, and we can still receive. What it gives as an error shows in the next receive.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes in order. What was sent still arrives, unless unread input makes the system reset the connection (see <see cref="LingeringClose"/>).</summary>
    public abstract void Close();

    /// <summary>Closes with a reset (TCP RST): what was sent may be lost, and the other side cannot take it for a clean end. A Unix socket is closed.</summary>
    public abstract void Abort();

    /// <summary>
    /// Asks the system whether an unused connection is still open and has nothing to read: one system call. To be asked, too, when
    /// <see cref="IStreamOwner.OnReadable"/> comes for an unused connection: the bytes of an event may have been received already, and with TLS a ticket may come;
    /// neither is a reason to close it, and <see cref="SeemsIdle"/> is true again.
    /// </summary>
    public abstract bool IsAlive();

    /// <summary>
    /// Lets <see cref="IStreamOwner.OnReadable"/> be called once more although nothing new arrived: in this turn when called while the loop handles events, otherwise
    /// in the next. So a connection that always has more does not keep others waiting.
    /// </summary>
    public void ReadAgain() => Loop.List(this);

    /// <summary>The next receive asks the system although no event said so.</summary>
    internal virtual void AssumeReadable()
    {
    }

    /// <summary>Calls the owner for what <see cref="ReadAgain"/> asked for.</summary>
    internal abstract void CallAgain();

    /// <summary>After a defect of the owner: aborts, and tells the owner.</summary>
    internal void Fail(Exception fault)
    {
        Abort();
        try
        {
            Owner?.OnFault(this, fault);
        }
        catch (Exception second)
        {
            Loop.ReportFault(second);
        }
    }
}
