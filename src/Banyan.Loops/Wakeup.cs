using Banyan.Loops.Native;
using Banyan.Loops.Sockets;

namespace Banyan.Loops;

/// <summary>What ends a loop's wait from another thread: an eventfd. Watched by edge, so it is never read: every signal is an edge, and the count cannot overflow in practice.</summary>
internal sealed unsafe class Wakeup : IPollable
{
    private readonly Lock _lock = new();
    private bool _closed;

    public Wakeup()
    {
        Descriptor = Libc.EventDescriptor(0, Libc.EventNonBlock | Libc.EventCloseOnExec);
        if (Descriptor < 0)
        {
            throw new LoopException($"The system gave no eventfd: {Errno.Describe(Libc.LastError)}. Raise the limit of open files (ulimit -n).");
        }
    }

    public int Descriptor { get; }

    /// <summary>From any thread; nothing happens once the loop has ended.</summary>
    public void Signal()
    {
        ulong one = 1;
        lock (_lock)
        {
            if (!_closed)
            {
                _ = Libc.Write(Descriptor, (byte*)&one, sizeof(ulong));
            }
        }
    }

    public void OnEvents(PollEvents events)
    {
        // The wait has ended, which was all.
    }

    public void OnFault(Exception fault)
    {
        // Nothing here throws.
    }

    public void Release()
    {
        lock (_lock)
        {
            _closed = true;
            _ = Libc.Close(Descriptor);
        }
    }
}
