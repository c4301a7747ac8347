using Banyan.Loops.Native;

namespace Banyan.Loops.Sockets;

/// <summary>What a loop's table holds: a descriptor that epoll watches, or what reports completions.</summary>
internal interface IPollable
{
    void OnEvents(PollEvents events);

    /// <summary>What <see cref="OnEvents"/> called has thrown.</summary>
    void OnFault(Exception fault);

    /// <summary>The loop ends.</summary>
    void Release();
}
