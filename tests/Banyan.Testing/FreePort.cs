using System.Net;
using System.Net.Sockets;

namespace Banyan.Testing;

/// <summary>
/// Ports for programs that cannot bind port 0 and say which they got, and for addresses where nobody listens. They lie below the range that the system takes
/// ports from by itself (32768 and up): nobody who asks for any port, and no outgoing connection, gets one between its being given out and its use.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Count = 20_000;

    // Test processes run beside each other: each begins elsewhere, so that one does not find free what another has given out.
    private const int Stride = 97;

    private static int _given = Environment.ProcessId * Stride % Count;

    /// <summary>A loopback port that nothing listens on now and that this process gives out only once.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _given) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Taken by somebody else: the next one.
            }
        }
    }
}
