using Banyan.Loops.Buffers;

namespace Banyan.Loops;

/// <summary>What the loops of a process share. Defaults suit a gateway.</summary>
public sealed record LoopOptions
{
    /// <summary>Where time comes from. With another clock than the system's, sleeping ends by that clock's timers.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called on the loop's thread for every exception a handler let out: a defect of the handler. The loop goes on. Default: nothing.</summary>
    public Action<EventLoop, Exception> OnFault { get; init; } = static (_, _) => { };

    /// <summary>
    /// True: the loop waits for the framework's sockets and runs on every system, at a higher cost. Default: where there is no epoll (<see cref="EventLoop.HasEpoll"/>).
    /// </summary>
    public bool Portable { get; init; } = !EventLoop.HasEpoll;

    /// <summary>Bytes of the one receive buffer of a loop; default 64 KiB.</summary>
    public int ReceiveBufferBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of a rented block; default 16 KiB.</summary>
    public int BlockBytes { get; init; } = 16 * 1024;

    /// <summary>Free blocks a loop keeps; default 256.</summary>
    public int BlocksKept { get; init; } = 256;

    /// <summary>The ceiling for blocks; shared by giving the same to all loops. Default 256 MiB.</summary>
    public BlockBudget Budget { get; init; } = new(256L * 1024 * 1024);
}
