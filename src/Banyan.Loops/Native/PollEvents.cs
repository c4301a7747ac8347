namespace Banyan.Loops.Native;

/// <summary>What epoll reports and is asked for (epoll_ctl(2)).</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    In = 0x1,
    Out = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    ReadHangUp = 0x2000,
    Exclusive = 1u << 28,
    Edge = 1u << 31,
}
