using System.Net;
using System.Net.Sockets;

namespace Banyan.Loops.Tests.Running;

/// <summary>A client on the framework's sockets, which the loops share no code with.</summary>
internal static class RawClient
{
    public static async Task<Socket> ConnectAsync(EndPoint endpoint, int? receiveBuffer = null)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, endpoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(endpoint);
        return socket;
    }

    public static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    /// <summary>Exactly so many bytes; fails when the other side ends first.</summary>
    public static async Task<byte[]> ReceiveAllAsync(this Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var got = await socket.ReceiveAsync(bytes.AsMemory(have));
            Assert.True(got > 0, $"The connection ended after {have} of {count} bytes.");
            have += got;
        }

        return bytes;
    }

    /// <summary>Everything until the other side's end.</summary>
    public static async Task<byte[]> ReceiveToEndAsync(this Socket socket)
    {
        using var all = new MemoryStream();
        var bytes = new byte[65536];
        int got;
        while ((got = await socket.ReceiveAsync(bytes)) > 0)
        {
            all.Write(bytes, 0, got);
        }

        return all.ToArray();
    }

    /// <summary>Closes with a reset.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}
