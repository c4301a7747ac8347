using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Banyan.Functional.Tests.Platform;

/// <summary>One of very many instances: a port that answers every request with the instance's name, until it is retired.</summary>
internal sealed class TinyInstance : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly byte[] _answer;
    private volatile bool _retired;
    private int _late;

    public TinyInstance(string name)
    {
        Name = name;
        _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Name { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that came after it was retired, while its port was still open.</summary>
    public int Late => Volatile.Read(ref _late);

    /// <summary>From now on nothing may come any more.</summary>
    public void Retire() => _retired = true;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        // The gateway sends one request at a time, each with an empty body.
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            var stream = client.GetStream();
            while (await stream.ReadAsync(buffer.AsMemory(length)) is > 0 and var read)
            {
                length += read;
                if (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                {
                    continue;
                }

                length = 0;
                if (_retired)
                {
                    Interlocked.Increment(ref _late);
                }

                await stream.WriteAsync(_answer);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Either side has left.
        }
    }
}
