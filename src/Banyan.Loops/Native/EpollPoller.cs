using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Banyan.Loops.Native;

/// <summary>One epoll instance with room for a batch of events. Only <see cref="Add"/> and <see cref="Modify"/> may be called by another thread than the one that waits.</summary>
internal sealed unsafe class EpollPoller : Poller
{
    public const int Batch = 256;

    // The kernel packs struct epoll_event on x86 only.
    private static readonly int EntrySize = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;
    private static readonly int TokenOffset = EntrySize - sizeof(ulong);

    private readonly byte* _entries = (byte*)NativeMemory.AllocZeroed((nuint)(Batch * EntrySize));
    private readonly int _descriptor;

    public EpollPoller()
    {
        _descriptor = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_descriptor < 0)
        {
            throw new LoopException($"The system gave no epoll instance: {Errno.Describe(Libc.LastError)}. Raise the limit of open files (ulimit -n).");
        }
    }

    /// <inheritdoc/>
    public override int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_descriptor, _entries, Batch, milliseconds);
        return count < 0 ? 0 : count;
    }

    /// <inheritdoc/>
    public override PollEvents Event(int index, out ulong token)
    {
        var entry = _entries + (index * EntrySize);
        token = Unsafe.ReadUnaligned<ulong>(entry + TokenOffset);
        return (PollEvents)Unsafe.ReadUnaligned<uint>(entry);
    }

    public int Add(int descriptor, PollEvents events, ulong token) => Control(Libc.EpollAdd, descriptor, events, token);

    public int Modify(int descriptor, PollEvents events, ulong token) => Control(Libc.EpollModify, descriptor, events, token);

    public int Remove(int descriptor) => Control(Libc.EpollDelete, descriptor, PollEvents.None, 0);

    public override void Dispose()
    {
        _ = Libc.Close(_descriptor);
        NativeMemory.Free(_entries);
    }

    /// <summary>0, or the error.</summary>
    private int Control(int operation, int descriptor, PollEvents events, ulong token)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, (uint)events);
        Unsafe.WriteUnaligned(entry + TokenOffset, token);
        return Libc.EpollControl(_descriptor, operation, descriptor, entry) == 0 ? 0 : Libc.LastError;
    }
}
