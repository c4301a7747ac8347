using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Banyan.Grpc.Tests;

/// <summary>An HTTP/2 server written frame by frame, for what no real server does on demand: refusing streams, breaking off, answering nonsense.</summary>
internal sealed class FakeHttp2Server : IAsyncDisposable
{
    private const byte Data = 0, Headers = 1, RstStream = 3, Settings = 4, Ping = 6, GoAway = 7;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Connection, int, Task> _onCall;
    private readonly Task _accepting;
    private int _calls;

    /// <param name="onCall">Answers a call; gets the connection and the number of the call, from 0.</param>
    public FakeHttp2Server(Func<Connection, int, Task> onCall)
    {
        _onCall = onCall;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public int Calls => Volatile.Read(ref _calls);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var connection = new Connection(client);
        try
        {
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[24], _stop.Token);
            await connection.WriteAsync(Settings, 0, 0, []);
            var head = new byte[9];
            while (true)
            {
                await stream.ReadExactlyAsync(head, _stop.Token);
                var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await stream.ReadExactlyAsync(payload, _stop.Token);
                switch (head[3])
                {
                    case Headers:
                        connection.StreamId = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                        await _onCall(connection, Interlocked.Increment(ref _calls) - 1);
                        break;
                    case Settings when head[4] == 0:
                        await connection.WriteAsync(Settings, 1, 0, []);
                        break;
                    case Ping when head[4] == 0:
                        await connection.WriteAsync(Ping, 1, 0, payload);
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client or the test has closed the connection.
        }
    }

    /// <summary>One client's connection, and its newest call.</summary>
    internal sealed class Connection(TcpClient client)
    {
        public int StreamId { get; set; }

        public Task ResetAsync(int error) => WriteAsync(RstStream, 0, StreamId, Number(error));

        public Task GoAwayAsync(int lastStream, int error) => WriteAsync(GoAway, 0, 0, [.. Number(lastStream), .. Number(error)]);

        public void Close() => client.Client.Close(0);

        public Task DataAsync(byte[] bytes, bool end = false) => WriteAsync(Data, end ? (byte)1 : (byte)0, StreamId, bytes);

        /// <summary>Sends a header block of literal fields.</summary>
        public Task HeadersAsync(bool end, params (string Name, string Value)[] headers)
        {
            var block = new List<byte>();
            foreach (var (name, value) in headers)
            {
                block.Add(0);
                block.Add((byte)name.Length);
                block.AddRange(Encoding.ASCII.GetBytes(name));
                block.Add((byte)value.Length);
                block.AddRange(Encoding.ASCII.GetBytes(value));
            }

            return WriteAsync(FakeHttp2Server.Headers, end ? (byte)5 : (byte)4, StreamId, [.. block]);
        }

        public async Task WriteAsync(byte type, byte flags, int stream, byte[] payload)
        {
            byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. Number(stream), .. payload];
            await client.GetStream().WriteAsync(frame);
        }

        private static byte[] Number(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            return bytes;
        }
    }
}
