using Banyan.Loops.Native;

namespace Banyan.Loops;

/// <summary>How a loop waits, and what it is told then. For the loop's thread, but for what is said otherwise.</summary>
internal abstract class Poller : IDisposable
{
    /// <summary>Waits for events; a negative time waits without end. The number of events, 0 when none came or the wait was ended early.</summary>
    public abstract int Wait(int milliseconds);

    /// <summary>One event of the batch waited for last.</summary>
    public abstract PollEvents Event(int index, out ulong token);

    public abstract void Dispose();
}
