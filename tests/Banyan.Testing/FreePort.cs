using System.Net;
using System.Net.Sockets;

namespace Banyan.Testing;

/// <summary>Ports for programs that cannot bind port 0 and say which they got.</summary>
public static class FreePort
{
    private static readonly Lock Taken = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A loopback port that nothing listens on now and that this process gives out only once.</summary>
    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            lock (Taken)
            {
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
