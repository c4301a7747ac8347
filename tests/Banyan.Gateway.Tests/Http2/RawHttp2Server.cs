using System.Net;
using System.Net.Sockets;
using System.Text;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>An instance that speaks HTTP/2 and does with each request what the test says.</summary>
internal sealed class RawHttp2Server : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<Connection, Http2Stream> _onRequest;
    private readonly Http2Limits _limits;
    private readonly Task _accepting;
    private int _connections;
    private int _requests;

    private RawHttp2Server(Http2Limits limits, Action<Connection, Http2Stream> onRequest)
    {
        _limits = limits;
        _onRequest = onRequest;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections taken so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Requests seen so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Starts; the action runs with each request's head.</summary>
    public static RawHttp2Server Run(Action<Connection, Http2Stream> onRequest, Http2Limits? limits = null) => new(limits ?? Http2Limits.Default, onRequest);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                var connection = new Connection(this, socket, Interlocked.Increment(ref _connections));
                _ = connection.ServeAsync(_stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    /// <summary>One connection of the gateway.</summary>
    internal sealed class Connection : IHttp2Handler
    {
        private readonly RawHttp2Server _server;
        private readonly Socket _socket;

        public Connection(RawHttp2Server server, Socket socket, int number)
        {
            _server = server;
            _socket = socket;
            Number = number;
            Session = new Http2ServerSession(server._limits, this, new Http2Workspace());
        }

        /// <summary>1 for the first.</summary>
        public int Number { get; }

        public Http2ServerSession Session { get; }

        /// <summary>The first requests of the whole server are 1, 2, ….</summary>
        public int Request => _server.Requests;

        /// <summary>Answers a request.</summary>
        public void Answer(Http2Stream stream, string body)
        {
            Session.BeginHead(stream, 200);
            Session.EndHead(endStream: false);
            Session.SendData(stream, Encoding.ASCII.GetBytes(body), endStream: true);
        }

        public async Task ServeAsync(CancellationToken cancellation)
        {
            var buffer = new byte[64 * 1024];
            using (_socket)
            {
                try
                {
                    while (!Session.Failed)
                    {
                        await SendAsync(cancellation);
                        var count = await _socket.ReceiveAsync(buffer, cancellation);
                        if (count == 0)
                        {
                            return;
                        }

                        Session.Receive(buffer.AsSpan(0, count), 0);
                    }

                    await SendAsync(cancellation);
                }
                catch (Exception e) when (e is OperationCanceledException or SocketException)
                {
                    // The other side, or the test, has ended.
                }
            }
        }

        public void OnHead(Http2Stream stream, Http2Head head)
        {
            Interlocked.Increment(ref _server._requests);
            _server._onRequest(this, stream);
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> data) => Session.Consumed(stream, data.Length);

        public void OnEnd(Http2Stream stream, Http2Head? trailers)
        {
        }

        public void OnDrained(Http2Stream stream)
        {
        }

        public void OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed)
        {
        }

        public void OnStreamClosed(Http2Stream stream)
        {
        }

        private async Task SendAsync(CancellationToken cancellation)
        {
            while (Session.Output.Length > 0)
            {
                var bytes = Session.Output.Bytes.ToArray();
                Session.Output.Clear();
                Session.Flush();
                for (var sent = 0; sent < bytes.Length;)
                {
                    sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellation);
                }
            }
        }
    }
}
