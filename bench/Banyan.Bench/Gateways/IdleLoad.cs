using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Banyan.Bench.Gateways;

/// <summary>Connections that have each made one request and then stay, silent.</summary>
internal sealed class IdleLoad : IAsyncDisposable
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /small HTTP/1.1\r\nHost: bench.example\r\n\r\n");

    private readonly List<Socket> _sockets = [];

    /// <summary>Opens them; returns how many there are, fewer when this process runs out of descriptors.</summary>
    public async Task<int> OpenAsync(int port, int count, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
                await socket.SendAsync(Request, cancellation);
                await socket.ReceiveAsync(buffer, cancellation);
            }
            catch (SocketException) when (_sockets.Count > 0)
            {
                socket.Dispose();
                return _sockets.Count;
            }

            _sockets.Add(socket);
        }

        return _sockets.Count;
    }

    public ValueTask DisposeAsync()
    {
        _sockets.ForEach(s => s.Dispose());
        return ValueTask.CompletedTask;
    }
}
