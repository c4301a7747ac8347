using System.Net;
using System.Net.Sockets;

namespace Banyan.Cli.Up;

/// <summary>Gives instances ports of their own.</summary>
internal sealed class ServicePorts
{
    private readonly HashSet<int> _given = [];

    /// <summary>A loopback port nothing listens on, not given out before.</summary>
    public int Free()
    {
        lock (_given)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (_given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    /// <summary>True when a program could listen on the port now.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
