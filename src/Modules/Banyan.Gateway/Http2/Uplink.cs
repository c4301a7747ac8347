using Banyan.Gateway.Failures;
using Banyan.Gateway.Upstreams;
using Banyan.Loops.Sockets;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>A connection of HTTP/2 to an instance, shared by the requests of one loop.</summary>
internal sealed class Uplink : MultiplexedSocket, IUpstreamUser
{
    private readonly Uplinks _uplinks;
    private readonly UpstreamConnection _carrier;
    private bool _lost;

    /// <summary>Begins to open it.</summary>
    public Uplink(Uplinks uplinks, UpstreamPool pool, Http2Tools tools)
        : base(tools)
    {
        _uplinks = uplinks;
        IsSecure = pool.Endpoint.IsSecure;
        Session = new Http2ClientSession(Http2Limits.Default, this, tools.Workspace);
        _carrier = pool.OpenSocket(this);
    }

    public Http2ClientSession Session { get; }

    /// <summary>True over TLS.</summary>
    public bool IsSecure { get; }

    public LoopAddress Peer { get; private set; }

    /// <summary>Requests that have a place here and have not begun.</summary>
    public int Reserved { get; set; }

    /// <summary>True when one more request may come.</summary>
    public bool CanTake => Socket is not null && Session.SettingsReceived && Session.Room > Reserved;

    /// <summary>True until it is known how many requests the instance takes.</summary>
    public bool IsOpening => !_lost && !Session.SettingsReceived;

    protected override Http2Session Protocol => Session;

    protected override bool IsFinished => Session.IsLeaving && Session.StreamCount == 0;

    void IUpstreamUser.OnUpstreamConnected(UpstreamConnection connection)
    {
        Peer = connection.Stream.Peer;
        Attach(connection.Stream);
        Schedule();
    }

    void IUpstreamUser.OnUpstreamFailed(UpstreamConnection connection, Failure failure)
    {
        _lost = true;
        _uplinks.OnFailed(this, failure);
    }

    void IUpstreamUser.OnUpstreamReadable(UpstreamConnection connection)
    {
        // Once connected, the socket's events come here and no longer to the connection.
    }

    void IUpstreamUser.OnUpstreamWritable(UpstreamConnection connection)
    {
    }

    void IUpstreamUser.OnUpstreamFault(UpstreamConnection connection) => Lose();

    public override void OnHead(Http2Stream stream, Http2Head head) => ((UpstreamSideStream)stream.Owner!).OnHead(stream, head);

    /// <summary>Looks after it, about once a second: true when nobody has used it for the time unused connections are kept.</summary>
    public bool Look(EngineOptions options)
    {
        var quiet = Tools.Loop.Now - QuietSince;
        if (IsOpening && quiet >= options.ConnectTimeout.TotalMilliseconds)
        {
            // Those who wait have been told by their own deadline; the next ones get a new attempt.
            _lost = true;
            Lose();
            _carrier.Close(reset: false);
            _uplinks.OnLost(this);
            return false;
        }

        if (Socket is null || Session.StreamCount + Reserved == 0)
        {
            return Socket is not null && quiet >= options.UpstreamIdleTimeout.TotalMilliseconds;
        }

        LookForLife();
        return false;
    }

    /// <summary>Ends it, and what runs on it.</summary>
    public void Drop()
    {
        if (Socket is not null)
        {
            Session.Fail(Http2ErrorCode.NoError, "");
            SendWritten();
            Lose();
        }
    }

    protected override void AfterReading() => _uplinks.Serve();

    protected override void OnLost()
    {
        _lost = true;
        if (Session.SettingsReceived)
        {
            _uplinks.OnLost(this);
        }
        else
        {
            _uplinks.OnFailed(this, new Failure(FailureReason.UpstreamConnectFailed, $"{Peer} does not speak HTTP/2. Register the instance with the scheme it speaks."));
        }
    }
}
