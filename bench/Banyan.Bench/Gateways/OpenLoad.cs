using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>
/// Load that does not wait for answers: requests fall due at a steady rate whatever the gateway does, and each one's latency counts from when it was due, so a
/// gateway that stalls cannot hide it. Requests fall due in ticks of a millisecond.
/// </summary>
internal sealed class OpenLoad(int port, int connections)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Queue<long> _due = new();
    private readonly Stack<Connection> _free = new();
    private readonly Lock _lock = new();
    private readonly List<double> _microseconds = [];

    /// <summary>Runs for a while; returns the latencies in microseconds, sorted.</summary>
    public async Task<double[]> RunAsync(int requestsPerSecond, TimeSpan length, CancellationToken cancellation)
    {
        for (var i = 0; i < connections; i++)
        {
            _free.Push(await Connection.OpenAsync(port, cancellation));
        }

        var all = _free.ToArray();
        var total = (long)(requestsPerSecond * length.TotalSeconds);
        var start = Stopwatch.GetTimestamp();
        var interval = (double)Stopwatch.Frequency / requestsPerSecond;
        long made = 0;
        using (var timer = new PeriodicTimer(Tick, TimeProvider.System))
        {
            while (made < total && await timer.WaitForNextTickAsync(cancellation))
            {
                var now = Stopwatch.GetTimestamp();
                for (; made < total && start + (long)(made * interval) <= now; made++)
                {
                    // A request is due when its tick is: the tick's own lateness is the loader's, not the gateway's, unless requests wait for a connection.
                    Begin(now);
                }
            }
        }

        var waited = Stopwatch.StartNew();
        while (Count() < total && waited.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(Tick, TimeProvider.System, cancellation);
        }

        Array.ForEach(all, c => c.Dispose());
        return Count() < total ? throw new PeerFailedException($"only {Count()} of {total} requests at port {port} were answered") : [.. _microseconds.Order()];
    }

    private int Count()
    {
        lock (_lock)
        {
            return _microseconds.Count;
        }
    }

    private void Begin(long due)
    {
        Connection? connection;
        lock (_lock)
        {
            if (!_free.TryPop(out connection))
            {
                _due.Enqueue(due);
                return;
            }
        }

        _ = ServeAsync(connection, due);
    }

    // A connection that has answered takes the request that has waited longest.
    private async Task ServeAsync(Connection connection, long due)
    {
        while (true)
        {
            await connection.ExchangeAsync();
            lock (_lock)
            {
                _microseconds.Add(Stopwatch.GetElapsedTime(due).TotalMicroseconds);
                if (!_due.TryDequeue(out due))
                {
                    _free.Push(connection);
                    return;
                }
            }
        }
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /small HTTP/1.1\r\nHost: bench.example\r\n\r\n");

        private readonly byte[] _buffer = new byte[4096];

        public static async Task<Connection> OpenAsync(int port, CancellationToken cancellation)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
            return new Connection(socket);
        }

        // The origin's small answer: 100 bytes behind its head.
        public async ValueTask ExchangeAsync()
        {
            await socket.SendAsync(Request);
            var length = 0;
            while (true)
            {
                var count = await socket.ReceiveAsync(_buffer.AsMemory(length));
                length += count;
                var end = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
                if (end >= 0 && length >= end + 4 + 100)
                {
                    return;
                }

                if (count == 0)
                {
                    throw new PeerFailedException("the gateway closed a connection in the middle of a request");
                }
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
