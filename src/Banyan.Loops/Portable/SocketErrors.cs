using System.Net.Sockets;

namespace Banyan.Loops.Portable;

/// <summary>The framework's names for errors as the numbers of <see cref="Errno"/>, which owners of streams know.</summary>
internal static class SocketErrors
{
    // Input/output error: what has no number of its own.
    private const int Other = 5;

    // Those that come up, with their numbers.
    private static readonly SocketError[] Named =
    [
        SocketError.TooManyOpenSockets, SocketError.Shutdown, SocketError.AccessDenied, SocketError.AddressAlreadyInUse, SocketError.AddressNotAvailable, SocketError.NetworkUnreachable,
        SocketError.HostUnreachable, SocketError.ConnectionAborted, SocketError.ConnectionReset, SocketError.NoBufferSpaceAvailable, SocketError.TimedOut, SocketError.ConnectionRefused,
    ];

    /// <summary>The number of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="unix">Of a Unix socket: there the framework says 'address not available' of a file that is missing.</param>
    public static int Number(SocketError error, bool unix = false) => error switch
    {
        SocketError.AddressNotAvailable when unix => Errno.NoEntry,
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

    /// <summary>The words of this system for a number, which is of another system.</summary>
    public static string Words(int number)
    {
        foreach (var error in Named)
        {
            if (Number(error) == number)
            {
                return new SocketException((int)error).Message;
            }
        }

        return "Input/output error";
    }
}
