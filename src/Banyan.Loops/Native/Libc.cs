using System.Runtime.InteropServices;

namespace Banyan.Loops.Native;

/// <summary>
/// The system calls of the loops, with the constants of Linux on x86-64 and arm64. A call that fails returns −1; <see cref="LastError"/> right after it says why.
/// </summary>
/// <remarks>
/// <c>SuppressGCTransition</c> is only on calls that never block: the descriptors are non-blocking and the flags say so again. A collection waits for such a call
/// to end, which takes microseconds.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int AfUnix = 1;
    public const int AfInet = 2;
    public const int AfInet6 = 10;

    public const int SockStream = 1;
    public const int SockNonBlock = 0x800;
    public const int SockCloseOnExec = 0x80000;

    public const int SolSocket = 1;
    public const int SoReuseAddress = 2;
    public const int SoError = 4;
    public const int SoKeepAlive = 9;
    public const int SoLinger = 13;
    public const int SoReusePort = 15;
    public const int SoAcceptConnections = 30;
    public const int SoDomain = 39;

    public const int IpProtocolTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpKeepIdle = 4;
    public const int TcpKeepInterval = 5;
    public const int TcpKeepCount = 6;

    public const int IpProtocolIpv6 = 41;
    public const int Ipv6Only = 26;

    public const int MsgPeek = 0x2;
    public const int MsgDontWait = 0x40;
    public const int MsgNoSignal = 0x4000;
    public const int MsgCloseOnExec = 0x40000000;

    public const int ShutdownWrite = 1;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;
    public const int EpollCloseOnExec = 0x80000;

    public const int EventNonBlock = 0x800;
    public const int EventCloseOnExec = 0x80000;

    public const int OpenNonBlock = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    private const int ResourceFiles = 7;
    private const int DuplicateCloseOnExec = 1030;
    private const string Name = "libc";

    /// <summary>The error of the call before; read it before anything else is called.</summary>
    public static int LastError => Marshal.GetLastSystemError();

    [LibraryImport(Name, EntryPoint = "recv"), SuppressGCTransition]
    public static partial nint Receive(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "send"), SuppressGCTransition]
    public static partial nint Send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "sendmsg"), SuppressGCTransition]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Name, EntryPoint = "sendmsg")]
    public static partial nint SendDescriptors(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Name, EntryPoint = "recvmsg")]
    public static partial nint ReceiveDescriptors(int descriptor, MessageHeader* message, int flags);

    [LibraryImport(Name, EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl"), SuppressGCTransition]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport(Name, EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* entries, int count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "eventfd")]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Name, EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "write")]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "open")]
    public static partial int Open(byte* path, int flags);

    [LibraryImport(Name, EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(Name, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "bind")]
    public static partial int Bind(int descriptor, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "listen")]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport(Name, EntryPoint = "accept4")]
    public static partial int Accept(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport(Name, EntryPoint = "connect")]
    public static partial int Connect(int descriptor, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "shutdown")]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport(Name, EntryPoint = "getsockname")]
    public static partial int LocalName(int descriptor, byte* address, uint* length);

    [LibraryImport(Name, EntryPoint = "setsockopt")]
    public static partial int SetOption(int descriptor, int level, int option, void* value, uint length);

    [LibraryImport(Name, EntryPoint = "getsockopt")]
    public static partial int GetOption(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport(Name, EntryPoint = "getrlimit")]
    private static partial int Limit(int resource, ulong* currentAndMost);

    /// <summary>Another descriptor of the same file, not inherited by programs that are started; −1 when the system refuses.</summary>
    public static int Duplicate(int descriptor) => Control(descriptor, DuplicateCloseOnExec, 0);

    /// <summary>How many descriptors this process may have open (RLIMIT_NOFILE).</summary>
    public static int DescriptorLimit()
    {
        var limits = stackalloc ulong[2];
        return Limit(ResourceFiles, limits) == 0 ? (int)Math.Min(limits[0], int.MaxValue) : int.MaxValue;
    }

    /// <summary>Sets an option that is one integer; false when the system refuses.</summary>
    public static bool TrySetOption(int descriptor, int level, int option, int value) => SetOption(descriptor, level, option, &value, sizeof(int)) == 0;

    /// <summary>An option that is one integer; −1 when the system refuses.</summary>
    public static int Option(int descriptor, int level, int option)
    {
        var value = 0;
        uint length = sizeof(int);
        return GetOption(descriptor, level, option, &value, &length) == 0 ? value : -1;
    }
}
