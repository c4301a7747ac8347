using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Handovers;
using Banyan.Gateway.Http2;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>One event loop with what it serves: a listener, the clients it took, and their connections to instances. Everything but counts is for its thread only.</summary>
internal sealed partial class GatewayLoop : IListenerOwner
{
    private const int MostKept = 1024;

    private static readonly TimeSpan LongestWebSocketStep = TimeSpan.FromMilliseconds(10);

    private readonly Stack<ClientConnection> _unused = new();
    private readonly ConnectionLimits _limits;
    private readonly ClientPeers _peers;
    private readonly HashSet<Http2Connection> _multiplexed = [];
    private readonly MirrorCopies _copies;
    private StreamListener? _listener;
    private StreamListener? _http2Listener;
    private StreamListener? _secure;
    private IClientTls? _tls;
    private ClientConnection? _first;
    private int _open;
    private bool _draining;

    public GatewayLoop(EventLoop loop, ExchangeServices services, UpstreamTls upstreamTls, ConnectionLimits limits, GatewayIdentity identity)
    {
        Loop = loop;
        Services = services;
        Http2 = new Http2Tools(loop);
        Upstreams = new UpstreamPools(loop, Http2, services.Options, upstreamTls);
        services.Copies = _copies = new MirrorCopies(loop, Upstreams, services);
        _limits = limits;
        _peers = new ClientPeers(identity);
    }

    public EventLoop Loop { get; }

    public ExchangeServices Services { get; }

    public Http2Tools Http2 { get; }

    public UpstreamPools Upstreams { get; }

    public GatherBuffer ClientGather { get; } = new();

    public GatherBuffer UpstreamGather { get; } = new();

    /// <summary>Clients connected now, and requests of those that speak HTTP/2.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Begins every event: the time of what happens in it.</summary>
    public void Enter() => Services.Now = Services.Clock.GetTimestamp();

    /// <summary>Where listeners come from.</summary>
    public required GivenListeners Given { get; init; }

    /// <summary>Opens the listener; before the loop runs. Returns its address with the real port.</summary>
    public LoopAddress Listen(in LoopAddress address, ListenOptions options)
    {
        _listener = Given.Open(Loop, address, options, this);
        return _listener.Address;
    }

    /// <summary>Opens the listener for HTTP/2 without TLS; before the loop runs. Returns its address with the real port.</summary>
    public LoopAddress ListenHttp2(in LoopAddress address, ListenOptions options)
    {
        _http2Listener = Given.Open(Loop, address, options, this);
        return _http2Listener.Address;
    }

    /// <summary>Serves a client that speaks HTTP/2, and counts already.</summary>
    /// <param name="socket">Its connection.</param>
    /// <param name="peer">Who it is.</param>
    /// <param name="bytes">What was received already.</param>
    public void ServeHttp2(LoopStream socket, ClientPeer peer, ReadOnlySpan<byte> bytes)
    {
        var connection = new Http2Connection(this, socket, peer);
        _multiplexed.Add(connection);
        Volatile.Write(ref _open, _open + 1);
        connection.Begin(bytes);
    }

    /// <summary>Serves one stream of a client that speaks HTTP/2.</summary>
    public void Serve(ClientSideStream stream, ClientPeer peer) => Serve(stream, peer, counted: false, handshakeTime: null);

    /// <summary>Opens the listener for TLS; as <see cref="Listen"/>.</summary>
    public LoopAddress ListenSecure(in LoopAddress address, ListenOptions options, IClientTls tls)
    {
        _tls = tls;
        _secure = Given.Open(Loop, address, options, this);
        return _secure.Address;
    }

    /// <summary>Takes no more clients; those there are leave after their request.</summary>
    public void Drain()
    {
        // Closing accepts who waits: they are served once, as those who had come before.
        foreach (var listener in Listeners)
        {
            listener.Close();
        }

        _draining = true;
        foreach (var connection in _multiplexed)
        {
            connection.Drain();
        }

        // Told all at once, all WebSockets would come back to the other gateways in one moment.
        var step = WebSocketStep(Services.Options.DrainTimeout);
        var after = TimeSpan.Zero;
        for (var connection = _first; connection is not null;)
        {
            var next = connection.Next;
            var isWebSocket = connection.IsWebSocket;
            connection.Drain(after);
            after += isWebSocket ? step : TimeSpan.Zero;
            connection = next;
        }
    }

    /// <summary>Ends all that is left.</summary>
    public void Cut()
    {
        while (_first is { } connection)
        {
            connection.Cut();
        }

        foreach (var connection in _multiplexed.ToArray())
        {
            connection.Cut();
        }

        _copies.Cut();
        Upstreams.Clear();
    }

    /// <summary>Takes a connection back that is over.</summary>
    public void Return(ClientConnection connection)
    {
        if (connection.IsCounted)
        {
            _limits.Leave(connection.Peer!.Address);
        }

        if (connection.Previous is { } previous)
        {
            previous.Next = connection.Next;
        }
        else
        {
            _first = connection.Next;
        }

        if (connection.Next is { } next)
        {
            next.Previous = connection.Previous;
        }

        connection.Next = null;
        connection.Previous = null;
        Volatile.Write(ref _open, _open - 1);
        if (_unused.Count < MostKept)
        {
            _unused.Push(connection);
        }
    }

    /// <summary>A connection of HTTP/2 is over.</summary>
    public void Return(Http2Connection connection)
    {
        if (_multiplexed.Remove(connection))
        {
            _limits.Leave(connection.Client.Address);
            Volatile.Write(ref _open, _open - 1);
        }
    }

    // A few go quickly; many take half of the time there is, so that each has the other half to end in.
    private TimeSpan WebSocketStep(TimeSpan drainTime)
    {
        var webSockets = 0;
        for (var connection = _first; connection is not null; connection = connection.Next)
        {
            webSockets += connection.IsWebSocket ? 1 : 0;
        }

        var step = drainTime / 2 / Math.Max(1, webSockets);
        return step < LongestWebSocketStep ? step : LongestWebSocketStep;
    }

    void IListenerOwner.OnAccepted(StreamListener listener, LoopStream socket)
    {
        var secure = ReferenceEquals(listener, _secure);
        var peer = _peers.Of(socket.Peer, secure);
        if (_draining || !_limits.TryEnter(peer.Address))
        {
            socket.Abort();
            return;
        }

        var stream = secure ? _tls!.Accept(socket) : socket;
        if (stream is null)
        {
            _limits.Leave(peer.Address);
            socket.Abort();
            return;
        }

        Enter();
        if (listener == _http2Listener)
        {
            ServeHttp2(stream, peer, default);
        }
        else
        {
            Serve(stream, peer, counted: true, secure ? Services.Options.TlsHandshakeTimeout : null);
        }
    }

    void IListenerOwner.OnAcceptPaused(StreamListener listener, int error, TimeSpan pause) => _limits.Paused(error, pause);

    private void Serve(LoopStream stream, ClientPeer peer, bool counted, TimeSpan? handshakeTime)
    {
        var connection = _unused.TryPop(out var used) ? used : new ClientConnection(this);
        connection.Next = _first;
        if (_first is { } first)
        {
            first.Previous = connection;
        }

        _first = connection;
        Volatile.Write(ref _open, _open + 1);
        connection.IsCounted = counted;
        connection.Start(stream, peer, handshakeTime);
    }
}
