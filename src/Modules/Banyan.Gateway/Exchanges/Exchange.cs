using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>
/// The requests of one client's connection, in turn, as a machine without I/O: bytes and events in, calls on an <see cref="ExchangeTransport"/> out. Used by one
/// thread; allocates nothing on the way of a request that ends well.
/// <code>
///            a byte         whole head       connection there      head of answer       both are whole
///   Idle ─────────▶ Head ──────────▶ Opening ──────────▶ Waiting ──────────▶ Answering ───────────┐
///    ▲ │ time         │ refused   ▲  │  │  ▲  └─ failed: ─┘  │ │ 101             │              │
///    │ │              │ or time   room │  │  └─ another, once  │ └──────▶ Tunnel   │ broken off   │
///    │ │              │          Queued│  │                   │            │      ▼              │
///    │ Closed ◀───────┴── own answer ◀─┴──┴───────────────────┘            └───▶ Closed          │
///    │   ▲                └─▶ close ◀────────────────────────────────────────────────────────────┤
///    └───┴──── keep-alive ◀──────────────────────────────────────────────────────────────────────┘
/// </code>
/// The request's body flows in Waiting and Answering, the answer's in Answering: an instance may answer before it has the whole request.
/// </summary>
internal sealed partial class Exchange(ExchangeServices services, ExchangeTransport transport)
{
    // How long a tunnel may be silent once its instance has ended.
    private static readonly TimeSpan TunnelTail = TimeSpan.FromSeconds(30);

    // How often a request that waits for room looks for it.
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(5);

    // The rate of a body is looked at over this time.
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private readonly EngineOptions _options = services.Options;
    private readonly Attempts _attempts = new();

    // The connection.
    private ClientPeer _peer = ClientPeer.Unknown;
    private ExchangePhase _phase = ExchangePhase.Closed;
    private FailureReason _onDeadline;
    private bool _clientEnded;
    private bool _draining;
    private int _served;

    // The request; reset by Forget.
    private KnownMethod _method;
    private bool _http10;
    private bool _closing;
    private bool _expects;
    private bool _bodyTaken;
    private bool _isGrpc;
    private BodyCourse _request;
    private ChunkedDecoder _requestChunks;
    private byte[]? _block;
    private HeadMarks _marks;

    // Its way.
    private Route? _route;
    private ClusterState? _cluster;
    private ulong _cookie;
    private bool _queued;
    private long _queuedUntil;
    private long _totalDue;
    private Endpoint? _endpoint;
    private bool _reused;
    private bool _repeated;
    private bool _engaged;
    private bool _upstreamOpen;
    private bool _upstreamEnded;
    private bool _upstreamDeaf;
    private bool _heard;
    private RequestCopy? _copy;
    private bool _copied;

    // A second instance beside it; see Exchange.Hedge.cs. Ticks, 0 = none will be asked.
    private long _hedgeDue;
    private SecondAsking? _hedge;
    private HedgeOutcome _hedged;

    // The answer.
    private bool _headSent;
    private bool _answerReusable;
    private bool _chunksOut;
    private bool _endsByClose;
    private BodyCourse _answer;
    private ChunkedDecoder _answerChunks;

    // A tunnel of WebSocket; null for other protocols, and as long as there is none.
    private WebSocketCourse? _webSocket;

    // What is told when it has ended. Timestamps of the services' clock; 0 = the stage was not reached.
    private int _status;
    private int _retries;
    private bool _tunnel;
    private long _bytesIn;
    private long _bytesOut;
    private long _began;
    private long _sent;
    private long _headReceived;
    private long _rateFrom;
    private long _rateBytes;
    private RequestText? _text;

    /// <summary>Where the exchange is.</summary>
    public ExchangePhase Phase => _phase;

    /// <summary>True while it is a WebSocket.</summary>
    public bool IsWebSocket => _phase == ExchangePhase.Tunnel && _webSocket is not null;

    /// <summary>Why the exchange will end when its present deadline runs out; None = without a fault.</summary>
    public FailureReason OnTimeOut => _onDeadline;

    /// <summary>True while the client's bytes are to be read and given to <see cref="OnClientBytes"/>.</summary>
    public bool WantsClient => _phase switch
    {
        ExchangePhase.Idle or ExchangePhase.Head => true,
        ExchangePhase.Waiting or ExchangePhase.Answering => _request.IsOpen && !_upstreamDeaf,
        ExchangePhase.Tunnel => !_clientEnded,
        _ => false,
    };

    /// <summary>True while the instance's bytes are to be read and given to <see cref="OnUpstreamBytes"/>.</summary>
    public bool WantsUpstream => _phase is ExchangePhase.Waiting or ExchangePhase.Answering || (_phase == ExchangePhase.Tunnel && !_upstreamEnded);

    /// <summary>A connection has been taken.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="firstTime">How long the first byte of a request may take; null = as long as between requests.</param>
    public void Start(ClientPeer peer, TimeSpan? firstTime = null)
    {
        _peer = peer;
        _clientEnded = false;
        _draining = false;
        _served = 0;
        Forget();
        _phase = ExchangePhase.Idle;
        Arm(firstTime ?? _options.ClientIdleTimeout, FailureReason.None);
    }

    /// <summary>Bytes of the client, those left over before first. Returns how many of them are done with; the rest is to be given again when more have come.</summary>
    public int OnClientBytes(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && WantsClient)
        {
            var rest = bytes[at..];
            var taken = _phase switch
            {
                ExchangePhase.Idle or ExchangePhase.Head => TakeHead(rest),
                ExchangePhase.Tunnel => TakeTunnelUp(rest),
                _ => TakeRequestBody(rest),
            };
            if (taken == 0)
            {
                break;
            }

            at += taken;
        }

        return at;
    }

    /// <summary>The client will send nothing more. It may still read.</summary>
    public void OnClientEnd()
    {
        _clientEnded = true;
        switch (_phase)
        {
            case ExchangePhase.Idle or ExchangePhase.Head:
                CloseClient(ClientEnd.Close);
                break;
            case ExchangePhase.Tunnel:
                EndTunnelUp();
                break;
            case not ExchangePhase.Closed when _request.IsOpen:
                LoseClient();
                break;
        }
    }

    /// <summary>The client's connection is broken: nothing can be written to it.</summary>
    public void OnClientGone()
    {
        switch (_phase)
        {
            case ExchangePhase.Idle or ExchangePhase.Head:
                CloseClient(ClientEnd.Reset);
                break;
            case ExchangePhase.Tunnel:
                EndTunnel(FailureReason.None);
                break;
            case not ExchangePhase.Closed:
                LoseClient();
                break;
        }
    }

    /// <summary>The client did not take all that was written at once (<paramref name="all"/> = false), took some more of it, or has taken all.</summary>
    public void OnClientWritten(bool all)
    {
        switch (_phase)
        {
            case ExchangePhase.Answering:
                Arm(all ? ResponseIdle : _options.ClientReadTimeout, all ? FailureReason.UpstreamBodyTimedOut : FailureReason.ClientReadTimedOut);
                break;
            case ExchangePhase.Tunnel:
                ArmTunnel();
                break;
            case ExchangePhase.Idle:
                Arm(all ? _options.ClientIdleTimeout : _options.ClientReadTimeout, FailureReason.None);
                break;
        }
    }

    /// <summary>The instance did not take all that was written at once (<paramref name="all"/> = false), took some more of it, or has taken all.</summary>
    public void OnUpstreamWritten(bool all)
    {
        switch (_phase)
        {
            case ExchangePhase.Waiting when !all:
                _hedgeDue = 0;
                Arm(RequestIdle, FailureReason.UpstreamSendTimedOut);
                break;
            case ExchangePhase.Waiting:
                ArmWaiting();
                break;
            case ExchangePhase.Tunnel:
                ArmTunnel();
                break;
        }
    }

    /// <summary>The connection asked for is there.</summary>
    public void OnUpstreamOpened()
    {
        if (_phase == ExchangePhase.Opening)
        {
            SendRequest();
        }
    }

    /// <summary>The connection asked for could not be opened: nothing of the request has been sent.</summary>
    public void OnUpstreamFailed(Failure failure)
    {
        if (_phase != ExchangePhase.Opening)
        {
            return;
        }

        _upstreamOpen = false;
        if (!TryAnother(AttemptEnd.NotConnected, failure.Reason))
        {
            Fail(services.Unreached(failure));
        }
    }

    /// <summary>Bytes of the instance, those left over before first. Returns how many of them are done with.</summary>
    public int OnUpstreamBytes(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && WantsUpstream)
        {
            var rest = bytes[at..];
            var taken = _phase switch
            {
                ExchangePhase.Waiting => TakeAnswerHead(rest),
                ExchangePhase.Answering => TakeAnswerBody(rest),
                _ => TakeTunnelDown(rest),
            };
            if (taken == 0)
            {
                break;
            }

            at += taken;
        }

        return at;
    }

    /// <summary>The instance's connection has ended, in order or broken.</summary>
    public void OnUpstreamEnd(bool broken)
    {
        switch (_phase)
        {
            case ExchangePhase.Waiting when _hedge is not null:
                FallBackOnHedge(_reused && !_heard ? FailureReason.None : FailureReason.UpstreamClosedBeforeHead);
                break;
            case ExchangePhase.Waiting when !_heard && TryRepeat(unsent: false):
                break;
            case ExchangePhase.Waiting:
                Fail(new Failure(_request.IsOpen ? FailureReason.UpstreamClosedInRequest : FailureReason.UpstreamClosedBeforeHead));
                break;
            case ExchangePhase.Answering when _answer.UntilClose && !broken:
                EndAnswer(reusable: false);
                break;
            case ExchangePhase.Answering:
                BreakOff(FailureReason.UpstreamBodyTruncated);
                break;
            case ExchangePhase.Tunnel when broken:
                EndTunnel(FailureReason.None);
                break;
            case ExchangePhase.Tunnel:
                EndTunnelDown();
                break;
        }
    }

    /// <summary>The instance said that it has done nothing for the request (RFC 9113 section 8.7). Unless it is sent again, the end of the connection follows.</summary>
    public void OnUpstreamRefused()
    {
        if (_phase == ExchangePhase.Waiting && !_heard)
        {
            TryRepeat(unsent: true, refused: true);
        }
    }

    /// <summary>
    /// Writing to the instance failed. It may have answered before it closed, so what it sent is read before a verdict.
    /// </summary>
    /// <param name="unsent">True: not one byte of this request was sent.</param>
    public void OnUpstreamDeaf(bool unsent)
    {
        _upstreamDeaf = true;
        if (_phase == ExchangePhase.Waiting && unsent && !_heard)
        {
            TryRepeat(unsent: true);
        }
    }

    /// <summary>The deadline set last has run out.</summary>
    public void OnDeadline()
    {
        switch (_phase)
        {
            case ExchangePhase.Idle:
                CloseClient(ClientEnd.Close);
                break;
            case ExchangePhase.Head:
                Refuse(new Failure(FailureReason.ClientHeadTimedOut));
                break;
            case ExchangePhase.Queued:
                LookForRoom();
                break;
            case ExchangePhase.Opening:
                transport.EndUpstream(UpstreamEnd.Close);
                OnUpstreamFailed(new Failure(FailureReason.UpstreamConnectTimedOut, $"{_endpoint!.Address} did not accept a connection within {ConnectTime.TotalSeconds:0.###} s."));
                break;
            case ExchangePhase.Waiting when _hedgeDue != 0:
                Hedge();
                break;
            case ExchangePhase.Waiting:
                Fail(new Failure(_onDeadline));
                break;
            case ExchangePhase.Answering:
                BreakOff(_onDeadline);
                break;
            case ExchangePhase.Tunnel when _webSocket is { LeavesAt: > 0 }:
                DrainTunnel(TimeSpan.Zero);
                ArmTunnel();
                break;
            case ExchangePhase.Tunnel:
                EndTunnel(_onDeadline);
                break;
        }
    }

    /// <summary>The gateway stops: a connection between requests ends, a new one when it does not ask soon, the others after their request.</summary>
    /// <param name="webSocketAfter">When both sides of a WebSocket are told.</param>
    public void OnDrain(TimeSpan webSocketAfter = default)
    {
        _draining = true;
        switch (_phase)
        {
            case ExchangePhase.Idle when _served == 0:
                // Who has just connected is about to ask, and would take the end for a failure.
                Arm(_options.FirstRequestTime, FailureReason.None);
                break;
            case ExchangePhase.Idle:
                CloseClient(ClientEnd.Close);
                break;
            case ExchangePhase.Tunnel:
                DrainTunnel(webSocketAfter);
                break;
        }
    }

    /// <summary>The gateway cuts: whatever still runs ends now.</summary>
    public void OnCut()
    {
        switch (_phase)
        {
            case ExchangePhase.Queued or ExchangePhase.Opening or ExchangePhase.Waiting or ExchangePhase.Answering or ExchangePhase.Tunnel:
                GiveUpUpstream(UpstreamEnd.Reset, FailureReason.GatewayStopping);
                EndRecord(FailureReason.GatewayStopping);
                CloseClient(ClientEnd.Reset);
                break;
            case not ExchangePhase.Closed:
                CloseClient(ClientEnd.Close);
                break;
        }
    }

    /// <summary>A call on this exchange has thrown: whatever runs is over.</summary>
    public void OnDefect()
    {
        if (_phase is ExchangePhase.Queued or ExchangePhase.Opening or ExchangePhase.Waiting or ExchangePhase.Answering or ExchangePhase.Tunnel)
        {
            GiveUpUpstream(UpstreamEnd.Reset, FailureReason.GatewayDefect);
            EndRecord(FailureReason.GatewayDefect);
        }

        _phase = ExchangePhase.Closed;
        Forget();
    }

    private TimeSpan ConnectTime => _route!.Timeouts.Connect ?? _options.ConnectTimeout;

    private TimeSpan HeaderTime => _route!.ResponseHeaderTimeout ?? _options.ResponseHeaderTimeout;

    private TimeSpan RequestIdle => _route!.Timeouts.Idle ?? _options.RequestIdleTimeout;

    private TimeSpan ResponseIdle => _route!.Timeouts.Idle ?? _options.ResponseIdleTimeout;

    private TimeSpan TunnelIdle => _route!.Timeouts.Idle ?? _options.TunnelIdleTimeout;

    private void Arm(TimeSpan time, FailureReason reason)
    {
        // The time of the whole request bounds each of its phases; the reason stays the phase's.
        if (_totalDue != 0 && _totalDue - services.NowTicks < time.Ticks)
        {
            time = TimeSpan.FromTicks(Math.Max(1, _totalDue - services.NowTicks));
        }

        _onDeadline = reason;
        transport.Arm(time);
    }
}
