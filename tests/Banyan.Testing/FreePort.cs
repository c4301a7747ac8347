using System.Collections.Concurrent;
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

    // Test processes run beside each other. Who gives a port out holds its number for UDP, which no test uses, as long as it lives; it begins where others hardly do.
    private const int Stride = 97;

    private static readonly ConcurrentBag<Socket> Held = [];
    private static int _given = Environment.ProcessId * Stride % Count;

    /// <summary>A loopback port that nothing listens on now and that no test process gives out again while this one lives.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _given) % Count);
            var claim = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                claim.Bind(new IPEndPoint(IPAddress.Loopback, port));
                listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                Held.Add(claim);
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's: the next one.
                claim.Dispose();
            }
        }
    }
}
