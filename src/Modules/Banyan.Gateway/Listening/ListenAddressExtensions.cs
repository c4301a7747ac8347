using System.Net.Sockets;
using Banyan.Hosting;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>Addresses of settings as the event loops have them.</summary>
internal static class ListenAddressExtensions
{
    /// <summary>The same address.</summary>
    public static LoopAddress ToLoopAddress(this ListenAddress address) =>
        address.UnixPath is { } path ? LoopAddress.Unix(path) : LoopAddress.Of(address.EndPoint.Address, address.Port);

    /// <summary>
    /// Asks for the port alone for a moment: several processes would share it without a word, because the loops of one do. A Unix socket is never shared.
    /// </summary>
    /// <param name="listen">The address.</param>
    /// <param name="setting">The setting it comes from.</param>
    /// <exception cref="HostStartException">It is taken or not allowed.</exception>
    public static void Probe(this ListenAddress listen, string setting)
    {
        if (listen.UnixPath is not null)
        {
            return;
        }

        using var socket = new Socket(listen.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(listen.EndPoint);
        }
        catch (SocketException e)
        {
            throw HostErrors.ForListen(e, listen, setting) ?? (Exception)e;
        }
    }
}
