using System.Net.Sockets;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Portable;

/// <summary>A listening socket of the framework; deals who connects to the listeners of the loops that share it, in turn. Safe for concurrent use.</summary>
internal sealed class AcceptQueue
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly bool _unix;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<PortableListener> _listeners = [];
    private Task? _accepting;
    private int _next;

    private AcceptQueue(Socket socket, bool unix, TimeProvider clock)
    {
        _socket = socket;
        _unix = unix;
        _clock = clock;
        Address = LoopAddress.Of(socket.LocalEndPoint);
    }

    public LoopAddress Address { get; }

    /// <summary>Begins to listen; who connects waits for the first listener.</summary>
    /// <exception cref="LoopException">The address is taken, not of this machine, or not permitted.</exception>
    public static AcceptQueue Open(EventLoop loop, in LoopAddress address, ListenOptions options)
    {
        var unix = address.Kind == AddressKind.Unix;
        if (unix && EventLoop.HasEpoll)
        {
            ListenerSocket.RemoveStaleFile(address);
        }

        var endpoint = address.ToEndPoint();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (address.Kind == AddressKind.Ipv6)
            {
                socket.DualMode = options.DualStack;
            }

            socket.Bind(endpoint);
            if (unix && address.Path![0] != '@' && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(address.Path, options.UnixMode);
            }

            socket.Listen(options.Backlog);
            socket.Blocking = false;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw ListenerSocket.Failure(address, SocketErrors.Number(e.SocketErrorCode, unix));
        }

        return new AcceptQueue(socket, unix, loop.Clock);
    }

    /// <summary>One more listener that gets its share.</summary>
    public void Add(PortableListener listener)
    {
        lock (_lock)
        {
            _listeners.Add(listener);
            _accepting ??= AcceptAsync();
        }
    }

    /// <summary>One less. The last one gets who waits, and then the socket is closed.</summary>
    public void Remove(PortableListener listener)
    {
        lock (_lock)
        {
            if (_listeners.Count > 1)
            {
                _listeners.Remove(listener);
                return;
            }
        }

        // Who has been accepted and not dealt yet is among those who wait: the listener stays until that is done, which waits for nobody.
        _end.Cancel();
        _accepting?.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        lock (_lock)
        {
            _listeners.Remove(listener);
        }

        try
        {
            while (_socket.Poll(0, SelectMode.SelectRead))
            {
                listener.Take(_socket.Accept(), _unix);
            }
        }
        catch (SocketException)
        {
            // Whoever waited has gone.
        }

        _socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Deal(await _socket.AcceptAsync(_end.Token).ConfigureAwait(false));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // Trying again at once would spin: the connections stay in the queue.
                await PauseAsync(SocketErrors.Number(e.SocketErrorCode)).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The connection went away while it waited: the next one.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PauseAsync(int error)
    {
        lock (_lock)
        {
            if (_listeners is [var first, ..])
            {
                first.TellPaused(error, Pause);
            }
        }

        await Task.Delay(Pause, _clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Deal(Socket socket)
    {
        lock (_lock)
        {
            if (_listeners.Count > 0)
            {
                _listeners[_next++ % _listeners.Count].Offer(socket, _unix);
                return;
            }
        }

        socket.Close(0);
    }
}
