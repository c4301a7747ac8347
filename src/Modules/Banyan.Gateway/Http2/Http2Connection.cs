using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Listening;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>A client's connection of HTTP/2 on a loop. Each of its streams is served like a connection of its own.</summary>
internal sealed class Http2Connection : MultiplexedSocket, ITimerOwner
{
    private const long LookMilliseconds = 1000;

    private readonly GatewayLoop _loop;
    private readonly LoopTimer _timer;

    public Http2Connection(GatewayLoop loop, LoopStream socket, ClientPeer peer)
        : base(loop.Http2)
    {
        _loop = loop;
        _timer = new LoopTimer(loop.Loop, this);
        Client = peer.OverHttp2();
        Peer = socket.Peer;
        Session = new Http2ServerSession(Http2Limits.Default, this, Tools.Workspace, connectProtocol: true);
        Attach(socket);
    }

    /// <summary>Who it is.</summary>
    public ClientPeer Client { get; }

    /// <summary>Its address.</summary>
    public LoopAddress Peer { get; }

    public Http2ServerSession Session { get; }

    /// <summary>Streams whose exchange is over and whose answer waits for the client.</summary>
    public List<ClientSideStream> Finishing { get; } = [];

    protected override Http2Session Protocol => Session;

    protected override bool IsFinished => Session.IsFinished;

    /// <summary>Takes what was received before it was known to be HTTP/2.</summary>
    public void Begin(ReadOnlySpan<byte> bytes)
    {
        _timer.Arm(LookMilliseconds);
        Session.Receive(bytes, Tools.Loop.Now);
        Schedule();
    }

    /// <summary>Takes no new requests, as soon as the client has heard of it; ends when those there are have ended.</summary>
    public void Drain()
    {
        Session.BeginDrain();
        Schedule();
    }

    /// <summary>Ends now.</summary>
    public void Cut() => Lose();

    public override void OnHead(Http2Stream stream, Http2Head head)
    {
        var request = Tools.TakeClientSide();
        request.Begin(this, stream, head);
        _loop.Serve(request, Client);
    }

    void ITimerOwner.OnTimer(LoopTimer timer)
    {
        var options = _loop.Services.Options;
        var quiet = TimeSpan.FromMilliseconds(Tools.Loop.Now - QuietSince);
        if (Stalls && quiet >= options.ClientReadTimeout)
        {
            Lose();
            return;
        }

        if (Session.StreamCount > 0)
        {
            LookForLife();
        }
        else if (!Stalls && quiet >= options.ClientIdleTimeout)
        {
            Session.EndDrain();
            SendWritten();
        }

        LookAtFinishing(options.ClientReadTimeout);
        if (Socket is not null)
        {
            timer.Arm(LookMilliseconds);
        }
    }

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => Lose();

    // A client may keep its windows shut; what waits for it is memory.
    private void LookAtFinishing(TimeSpan patience)
    {
        for (var i = Finishing.Count - 1; i >= 0; i--)
        {
            var stream = Finishing[i];
            if (!stream.IsFinishing)
            {
                Finishing.RemoveAt(i);
            }
            else if (stream.Waiting != stream.Unmoved.Waiting)
            {
                stream.Unmoved = (stream.Waiting, Tools.Loop.Now);
            }
            else if (TimeSpan.FromMilliseconds(Tools.Loop.Now - stream.Unmoved.Since) >= patience)
            {
                Finishing.RemoveAt(i);
                stream.GiveUp();
                Schedule();
            }
        }
    }

    protected override void Enter() => _loop.Enter();

    protected override void OnLost()
    {
        _timer.Dispose();
        _loop.Return(this);
    }
}
