using System.Runtime.InteropServices;

using Banyan.Loops.Portable;

namespace Banyan.Loops;

/// <summary>The error numbers of Linux that the loops tell apart, and words for all of them.</summary>
public static class Errno
{
    /// <summary>A signal came first; the call is repeated.</summary>
    public const int Interrupted = 4;

    /// <summary>Nothing can be done now.</summary>
    public const int Again = 11;

    /// <summary>Not an open descriptor; also given for every call on a stream that was closed.</summary>
    public const int BadDescriptor = 9;

    /// <summary>The system has no descriptor left.</summary>
    public const int SystemFilesExhausted = 23;

    /// <summary>The process has no descriptor left.</summary>
    public const int ProcessFilesExhausted = 24;

    /// <summary>The other side has ended; nothing can be sent.</summary>
    public const int BrokenPipe = 32;

    /// <summary>The bytes break the protocol; given for TLS, where the stream's failure says more.</summary>
    public const int Protocol = 71;

    /// <summary>Another socket has the address.</summary>
    public const int AddressInUse = 98;

    /// <summary>No local port is left for a connection to there, or the address is not of this machine.</summary>
    public const int AddressNotAvailable = 99;

    /// <summary>The network cannot be reached.</summary>
    public const int NetworkUnreachable = 101;

    /// <summary>The connection was aborted before it was accepted.</summary>
    public const int ConnectionAborted = 103;

    /// <summary>The other side reset the connection.</summary>
    public const int ConnectionReset = 104;

    /// <summary>No memory is left for what must be kept.</summary>
    public const int NoBuffers = 105;

    /// <summary>The system did not get through in its time.</summary>
    public const int TimedOut = 110;

    /// <summary>Nothing listens there.</summary>
    public const int ConnectionRefused = 111;

    /// <summary>The host cannot be reached.</summary>
    public const int HostUnreachable = 113;

    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int AccessDenied = 13;
    internal const int NoSuchDevice = 6;
    internal const int OutOfMemory = 12;
    internal const int InProgress = 115;

    /// <summary>The error in words with its number, as <c>Connection refused (errno 111)</c>.</summary>
    public static string Describe(int error) => $"{(OperatingSystem.IsLinux() ? Marshal.GetPInvokeErrorMessage(error) : SocketErrors.Words(error))} (errno {error})";
}
