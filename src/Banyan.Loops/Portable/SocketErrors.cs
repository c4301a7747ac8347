using System.Net.Sockets;

namespace Banyan.Loops.Portable;

/// <summary>The framework's names for errors as the numbers of <see cref="Errno"/>, which owners of streams know.</summary>
internal static class SocketErrors
{
    // Input/output error: what has no number of its own.
    private const int Other = 5;

    public static int Number(SocketError error) => error switch
    {
        SocketError.Success => 0,
        SocketError.Interrupted => Errno.Interrupted,
        SocketError.WouldBlock or SocketError.IOPending => Errno.Again,
        SocketError.OperationAborted => Errno.BadDescriptor,
        SocketError.TooManyOpenSockets => Errno.ProcessFilesExhausted,
        SocketError.Shutdown => Errno.BrokenPipe,
        SocketError.AccessDenied => Errno.AccessDenied,
        SocketError.AddressAlreadyInUse => Errno.AddressInUse,
        SocketError.AddressNotAvailable => Errno.AddressNotAvailable,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => Errno.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostDown => Errno.HostUnreachable,
        SocketError.ConnectionAborted => Errno.ConnectionAborted,
        SocketError.ConnectionReset or SocketError.NetworkReset => Errno.ConnectionReset,
        SocketError.NoBufferSpaceAvailable => Errno.NoBuffers,
        SocketError.TimedOut => Errno.TimedOut,
        SocketError.ConnectionRefused => Errno.ConnectionRefused,
        _ => Other,
    };
}
