using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Forwarding;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>One event loop with what it serves: a listener, the clients it took, and their connections to instances. Everything but counts is for its thread only.</summary>
internal sealed class GatewayLoop : IListenerOwner
{
    private const int MostKept = 1024;

    private readonly Stack<ClientConnection> _unused = new();
    private readonly ConnectionLimits _limits;
    private readonly GatewayIdentity _identity;
    private LoopListener? _listener;
    private ClientConnection? _first;
    private int _open;
    private bool _draining;

    public GatewayLoop(EventLoop loop, ExchangeServices services, ConnectionLimits limits, GatewayIdentity identity)
    {
        Loop = loop;
        Services = services;
        Upstreams = new UpstreamPools(loop, services.Options);
        _limits = limits;
        _identity = identity;
    }

    public EventLoop Loop { get; }

    public ExchangeServices Services { get; }

    public UpstreamPools Upstreams { get; }

    public GatherBuffer ClientGather { get; } = new();

    public GatherBuffer UpstreamGather { get; } = new();

    /// <summary>Clients connected now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Begins every event: the time of what happens in it.</summary>
    public void Enter() => Services.Now = Services.Clock.GetTimestamp();

    /// <summary>Opens the listener; before the loop runs. Returns its address with the real port.</summary>
    public LoopAddress Listen(in LoopAddress address, ListenOptions options)
    {
        _listener = LoopListener.Open(Loop, address, options, this);
        return _listener.Address;
    }

    /// <summary>Takes no more clients; those there are leave after their request.</summary>
    public void Drain()
    {
        _draining = true;
        _listener?.Close();
        for (var connection = _first; connection is not null;)
        {
            var next = connection.Next;
            connection.Drain();
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

        Upstreams.Clear();
    }

    /// <summary>Takes a connection back that is over.</summary>
    public void Return(ClientConnection connection)
    {
        _limits.Leave(connection.Peer!.Address);
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

    void IListenerOwner.OnAccepted(LoopListener listener, LoopSocket socket)
    {
        var address = socket.Peer.ToIPAddress();
        if (_draining || !_limits.TryEnter(address))
        {
            socket.Abort();
            return;
        }

        Enter();
        var connection = _unused.TryPop(out var used) ? used : new ClientConnection(this);
        connection.Next = _first;
        if (_first is { } first)
        {
            first.Previous = connection;
        }

        _first = connection;
        Volatile.Write(ref _open, _open + 1);
        connection.Start(socket, address is null ? ClientPeer.Unknown : new ClientPeer(address, _identity));
    }

    void IListenerOwner.OnAcceptPaused(LoopListener listener, int error, TimeSpan pause) => _limits.Paused(error, pause);
}
