using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Listening;

/// <summary>
/// A client's connection on a loop: moves bytes between its stream, its <see cref="Exchange"/> and the connection to the instance. Used again for later clients;
/// an idle one owns no buffer.
/// </summary>
/// <remarks>
/// Every event ends in <see cref="Settle"/>: what was written is sent, failures that showed are told, and each side is read on only while the exchange wants it and
/// the other side takes what it is given.
/// </remarks>
internal sealed partial class ClientConnection : ExchangeTransport, IStreamOwner, ITimerOwner, IUpstreamUser
{
    // After this many full buffers of one side the others of the loop come first.
    private const int LongestRun = 4;

    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(2);

    private readonly GatewayLoop _loop;
    private readonly Exchange _exchange;
    private readonly LoopTimer _timer;
    private readonly StreamOutput _toClient;
    private StreamOutput _toUpstream;
    private LoopStream? _stream;
    private UpstreamConnection? _upstream;
    private Failure _unopened;
    private ClientEnd? _ending;
    private bool _clientAtEnd;
    private bool _shutClient;
    private bool _shutUpstream;
    private bool _clientStalls;
    private bool _upstreamStalls;
    private bool _mayBeHttp2;
    private bool _clientTold;
    private bool _upstreamTold;
    private Remainder _clientRest;
    private Remainder _upstreamRest;

    public ClientConnection(GatewayLoop loop)
    {
        _loop = loop;
        _exchange = new Exchange(loop.Services, this);
        _timer = new LoopTimer(loop.Loop, this);
        _toClient = new StreamOutput(loop.ClientGather);
        _toUpstream = new StreamOutput(loop.UpstreamGather);
    }

    /// <summary>Who it is; null while unused.</summary>
    public ClientPeer? Peer { get; private set; }

    /// <summary>True: it is a connection of its own and counts for the limits; false: a stream of HTTP/2.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Neighbours in the loop's list of open connections.</summary>
    public ClientConnection? Next { get; set; }

    /// <summary>See <see cref="Next"/>.</summary>
    public ClientConnection? Previous { get; set; }

    /// <summary>Takes a client.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="peer">Who it is.</param>
    /// <param name="handshakeTime">How long the first byte of a request may take, when a handshake comes before it; null = as long as between requests.</param>
    public void Start(LoopStream stream, ClientPeer peer, TimeSpan? handshakeTime)
    {
        _stream = stream;
        Peer = peer;
        _ending = null;
        _clientAtEnd = false;
        _shutClient = false;
        _clientStalls = false;
        _clientTold = false;
        _mayBeHttp2 = IsCounted;
        _toClient.Attach(stream);
        stream.Owner = this;
        _exchange.Start(peer, handshakeTime);
    }

    /// <summary>True while it carries a WebSocket.</summary>
    public bool IsWebSocket => _exchange.IsWebSocket;

    /// <summary>Ends after the present request, at once without one.</summary>
    /// <param name="webSocketAfter">When both sides of a WebSocket are told.</param>
    public void Drain(TimeSpan webSocketAfter)
    {
        // The request of a stream is there already, though it may not have been read.
        if (!IsCounted && _exchange.Phase == ExchangePhase.Idle)
        {
            return;
        }

        // A request that has arrived is not to be met by the end.
        _loop.Enter();
        PumpClient();
        _exchange.OnDrain(webSocketAfter);
        Settle();
    }

    /// <summary>Ends now.</summary>
    public void Cut()
    {
        _loop.Enter();
        _exchange.OnCut();
        if (_stream is { } stream)
        {
            _toClient.Flush();
            stream.Abort();
            Release();
        }
    }

    /// <inheritdoc/>
    public override void WriteClient(ReadOnlySpan<byte> bytes) => _toClient.Write(bytes);

    /// <inheritdoc/>
    public override void WriteUpstream(ReadOnlySpan<byte> bytes) => _toUpstream.Write(bytes);

    /// <inheritdoc/>
    public override bool OpenUpstream(Endpoint endpoint, UpstreamChoice choice)
    {
        _shutUpstream = false;
        _upstreamStalls = false;
        _upstreamTold = false;
        if (_loop.Upstreams.Refusal(endpoint) is { IsNone: false } refusal)
        {
            _unopened = refusal;
            return false;
        }

        if (choice != UpstreamChoice.Fresh && _loop.Upstreams.TryTake(endpoint, choice == UpstreamChoice.Checked) is { } connection)
        {
            _upstream = connection;
            connection.User = this;
            _toUpstream.Attach(connection.Stream);
            return true;
        }

        _upstream = _loop.Upstreams.Open(endpoint, this);
        return false;
    }

    /// <inheritdoc/>
    public override void EndUpstream(UpstreamEnd how)
    {
        if (_upstream is not { } connection)
        {
            _unopened = default;
            return;
        }

        _upstream = null;
        _toUpstream.Flush();
        var whole = !_toUpstream.IsWaiting && !_toUpstream.IsBroken && _upstreamRest.Length == 0;
        _toUpstream.Detach();
        _upstreamRest.Clear();
        if (how == UpstreamEnd.Keep && whole)
        {
            connection.Release();
        }
        else
        {
            connection.Close(reset: how == UpstreamEnd.Reset);
        }
    }

    /// <inheritdoc/>
    public override void ShutUpstream() => _shutUpstream = true;

    /// <inheritdoc/>
    public override void ShutClient() => _shutClient = true;

    /// <inheritdoc/>
    public override void EndClient(ClientEnd how) => _ending = how;

    /// <inheritdoc/>
    public override void Arm(TimeSpan time) => _timer.Arm(time);

    void IStreamOwner.OnReadable(LoopStream stream)
    {
        _loop.Enter();
        PumpClient();
        Settle();
    }

    void IStreamOwner.OnWritable(LoopStream stream)
    {
        _loop.Enter();
        _toClient.Drain();
        _clientStalls = _toClient.IsWaiting;
        _exchange.OnClientWritten(all: !_clientStalls);
        Settle();
    }

    void IStreamOwner.OnHangUp(LoopStream stream)
    {
        _loop.Enter();
        _exchange.OnClientGone();
        _ending = ClientEnd.Reset;
        Settle();
    }

    void IStreamOwner.OnFault(LoopStream stream, Exception fault) => Fault();

    void IStreamOwner.OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        // An accepted stream is connected.
    }

    void ITimerOwner.OnTimer(LoopTimer timer)
    {
        _loop.Enter();
        if (_ending is null)
        {
            _exchange.OnDeadline();
        }
        else
        {
            // What was written last is not taken: no more waiting.
            _ending = ClientEnd.Reset;
        }

        Settle();
    }

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault)
    {
        _stream?.Abort();
        Fault();
    }

    void IUpstreamUser.OnUpstreamConnected(UpstreamConnection connection)
    {
        _loop.Enter();
        _toUpstream.Attach(connection.Stream);
        _exchange.OnUpstreamOpened();
        Settle();
    }

    void IUpstreamUser.OnUpstreamFailed(UpstreamConnection connection, Failure failure)
    {
        _loop.Enter();
        _upstream = null;
        _exchange.OnUpstreamFailed(failure);
        Settle();
    }

    void IUpstreamUser.OnUpstreamReadable(UpstreamConnection connection)
    {
        _loop.Enter();
        PumpUpstream(connection);
        Settle();
    }

    void IUpstreamUser.OnUpstreamWritable(UpstreamConnection connection)
    {
        _loop.Enter();
        _toUpstream.Drain();
        _upstreamStalls = _toUpstream.IsWaiting;
        _exchange.OnUpstreamWritten(all: !_upstreamStalls);
        Settle();
    }

    void IUpstreamUser.OnUpstreamFault(UpstreamConnection connection)
    {
        _upstream = null;
        _stream?.Abort();
        Fault();
    }

    private void PumpClient()
    {
        for (var run = 0; _stream is { } stream && _ending is null && _exchange.WantsClient && !_toUpstream.IsWaiting; run++)
        {
            if (run == LongestRun)
            {
                stream.ReadAgain();
                return;
            }

            var buffer = _loop.Loop.ReceiveBuffer;
            var kept = _clientRest.CopyTo(buffer);
            var result = stream.Receive(buffer[kept..]);
            switch (result.Status)
            {
                case IoStatus.Done:
                    var bytes = buffer[..(kept + result.Count)];
                    if (_mayBeHttp2 && IsHttp2(bytes, out var whole))
                    {
                        if (whole)
                        {
                            BecomeHttp2(stream, bytes);
                            return;
                        }

                        _clientRest.Keep(bytes, offered: true);
                        break;
                    }

                    _clientRest.Keep(bytes[_exchange.OnClientBytes(bytes)..], offered: _exchange.WantsClient);
                    break;
                case IoStatus.End:
                    _clientAtEnd = true;
                    _exchange.OnClientEnd();
                    return;
                case IoStatus.Failed:
                    _exchange.OnClientGone();
                    return;
                default:
                    return;
            }
        }
    }

    // A client that knows beforehand speaks HTTP/2 from its first byte (RFC 9113 section 3.3).
    private bool IsHttp2(ReadOnlySpan<byte> bytes, out bool whole)
    {
        var preface = Http2ServerSession.Preface;
        var count = Math.Min(bytes.Length, preface.Length);
        whole = count == preface.Length;
        _mayBeHttp2 = bytes[..count].SequenceEqual(preface[..count]);
        return _mayBeHttp2;
    }

    private void BecomeHttp2(LoopStream stream, ReadOnlySpan<byte> bytes)
    {
        var peer = Peer!;
        IsCounted = false;
        Release();
        _loop.ServeHttp2(stream, peer, bytes);
    }

    private void PumpUpstream(UpstreamConnection connection)
    {
        for (var run = 0; _upstream == connection && connection.IsOpen && _exchange.WantsUpstream && !_toClient.IsWaiting; run++)
        {
            if (run == LongestRun)
            {
                connection.Stream.ReadAgain();
                return;
            }

            var buffer = _loop.Loop.ReceiveBuffer;
            var kept = _upstreamRest.CopyTo(buffer);
            var result = connection.Stream.Receive(buffer[kept..]);
            switch (result.Status)
            {
                case IoStatus.Done:
                    var bytes = buffer[..(kept + result.Count)];
                    TakeUpstream(connection, bytes);
                    break;
                case IoStatus.WouldBlock:
                    return;
                default:
                    if (connection.IsUnprocessed)
                    {
                        _exchange.OnUpstreamRefused();
                    }

                    if (_upstream == connection)
                    {
                        _exchange.OnUpstreamEnd(broken: result.Status == IoStatus.Failed);
                    }

                    return;
            }
        }
    }

    private void TakeUpstream(UpstreamConnection connection, ReadOnlySpan<byte> bytes)
    {
        var taken = _exchange.OnUpstreamBytes(bytes);
        if (_upstream == connection)
        {
            _upstreamRest.Keep(bytes[taken..], offered: true);
        }
    }

    private void Settle()
    {
        // 1. Until nothing new shows: send, tell, take up what was left over.
        while (_stream is not null && SettleOnce())
        {
        }

        if (_stream is not { } stream)
        {
            return;
        }

        if (_ending is { } how)
        {
            End(stream, how);
            return;
        }

        // 2. Ends of one direction, behind what was written.
        if (_shutClient && !_toClient.IsWaiting)
        {
            _shutClient = false;
            stream.ShutdownSend();
        }

        if (_shutUpstream && !_toUpstream.IsWaiting)
        {
            _shutUpstream = false;
            _upstream?.Stream.ShutdownSend();
        }

        // 3. Who is read from now on.
        stream.WantsRead = _exchange.WantsClient && !_toUpstream.IsWaiting;
        if (_upstream is { IsOpen: true } upstream)
        {
            upstream.Stream.WantsRead = _exchange.WantsUpstream && !_toClient.IsWaiting;
        }
    }

    private bool SettleOnce()
    {
        _toUpstream.Flush();
        _toClient.Flush();
        if (_unopened.Reason != FailureReason.None)
        {
            var failure = _unopened;
            _unopened = default;
            _exchange.OnUpstreamFailed(failure);
            return true;
        }

        if (_hedge is { Unopened.IsNone: false } unopened)
        {
            _hedge = null;
            _exchange.OnHedgeFailed(unopened.Unopened);
            return true;
        }

        if (_toClient.IsBroken && !_clientTold)
        {
            _clientTold = true;
            _exchange.OnClientGone();
            _ending = ClientEnd.Reset;
            return true;
        }

        if (_toUpstream.IsBroken && !_upstreamTold)
        {
            _upstreamTold = true;
            _exchange.OnUpstreamDeaf(unsent: _toUpstream.Sent == 0);
            return true;
        }

        if (_toClient.IsWaiting && !_clientStalls)
        {
            _clientStalls = true;
            _exchange.OnClientWritten(all: false);
        }

        if (_toUpstream.IsWaiting && !_upstreamStalls)
        {
            _upstreamStalls = true;
            _exchange.OnUpstreamWritten(all: false);
        }

        if (_clientRest.IsNew && _ending is null && _exchange.WantsClient && !_toUpstream.IsWaiting)
        {
            var buffer = _loop.Loop.ReceiveBuffer;
            var bytes = buffer[.._clientRest.CopyTo(buffer)];
            _clientRest.Keep(bytes[_exchange.OnClientBytes(bytes)..], offered: _exchange.WantsClient);
            return true;
        }

        return false;
    }

    private void End(LoopStream stream, ClientEnd how)
    {
        if (how == ClientEnd.Reset || _toClient.IsBroken)
        {
            stream.Abort();
            Release();
        }
        else if (_toClient.IsWaiting)
        {
            stream.WantsRead = false;
            if (!_clientTold)
            {
                _clientTold = true;
                _timer.Arm(_loop.Services.Options.ClientReadTimeout);
            }
        }
        else
        {
            // Unread input would make the system answer with a reset, which may overtake the last answer.
            if ((how == ClientEnd.Linger && !_clientAtEnd) || _clientRest.Length > 0 || !(_clientAtEnd || stream.SeemsIdle))
            {
                LingeringClose.Begin(stream, LingerTime);
            }
            else
            {
                stream.Close();
            }

            Release();
        }
    }

    private void Fault()
    {
        if (_stream is not null)
        {
            _loop.Enter();
            _exchange.OnDefect();
            Release();
        }
    }

    private void Release()
    {
        if (_upstream is not null)
        {
            EndUpstream(UpstreamEnd.Reset);
        }

        if (_hedge is not null)
        {
            EndHedge();
        }

        _timer.Cancel();
        _toClient.Detach();
        _toUpstream.Detach();
        _clientRest.Clear();
        _upstreamRest.Clear();
        _stream = null;
        _unopened = default;
        _loop.Return(this);
        Peer = null;
    }
}
