using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Mirrors;

/// <summary>
/// One copy of a request, from its head to the end of an answer that nobody gets. Used again for later ones; holds blocks only while it has something to send.
/// <code>
///   Begin        Send, a turn later       connection there       answer read
///   ─────▶ Filling ──────▶ Leaving ──────────▶ Opening ──────────▶ Asking ──────▶ unused
///             └─ Drop, too large ─┴── no room ───┴── failed, out of time ─┴──────▶
/// </code>
/// </summary>
/// <remarks>
/// It counts as load of the instance it goes to, so that balancers and limits see what is there, but gives way to that service's own requests; and how it goes says
/// nothing about the instance: no ejection, no circuit, no latency. Nothing is sent again.
/// </remarks>
internal sealed class MirrorCopy : RequestCopy, IUpstreamUser, ITimerOwner
{
    // After this many full buffers the others of the loop come first.
    private const int LongestRun = 4;

    // Until somebody has answered, from the moment the request was whole.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    private readonly MirrorCopies _owner;
    private readonly MirrorAnswer _answer;
    private readonly LoopTimer _timer;
    private BlockQueue _bytes;
    private Remainder _rest;
    private TrafficMirror? _mirror;
    private MirrorCounters _counters = null!;
    private int _headLength;
    private TimeSpan _time;
    private bool _whole;
    private MirrorOutcome? _spoiled;
    private Endpoint? _endpoint;
    private UpstreamConnection? _upstream;

    public MirrorCopy(MirrorCopies owner)
    {
        _owner = owner;
        _answer = new MirrorAnswer(owner.Services);
        _timer = new LoopTimer(owner.Loop, this);
    }

    private BlockPool Blocks => _owner.Loop.Blocks;

    /// <summary>Begins a copy. There is room for it.</summary>
    public void Begin(Route route, KnownMethod method, ReadOnlySpan<byte> head)
    {
        _mirror = route.Mirror!;
        _counters = route.Counters.Mirrors;
        _time = route.ResponseHeaderTimeout is { } time && time < MostTime ? time : MostTime;
        _spoiled = null;
        _whole = false;
        _answer.Begin(method);

        // Nobody waits to be told to go on: the body is at hand when the copy goes out.
        var expect = head.IndexOf("\r\nExpect: 100-continue\r\n"u8);
        Keep(expect < 0 ? head[..^2] : head[..expect]);
        Keep(expect < 0 ? default : head[(expect + "\r\nExpect: 100-continue"u8.Length)..^2]);
        Keep(_mirror.Mark);
        Keep("\r\n"u8);
        _headLength = _bytes.Length;
    }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> bytes)
    {
        if (_spoiled is null && _bytes.Length - _headLength + bytes.Length > MirrorCopies.MostBody)
        {
            Spoil(MirrorOutcome.TooLarge);
        }

        Keep(bytes);
    }

    /// <inheritdoc/>
    public override void Send()
    {
        // The request itself comes first: its bytes leave when the present event ends.
        _whole = true;
        _timer.Arm(1);
    }

    /// <inheritdoc/>
    public override void Drop() => End(_spoiled ?? (_whole ? MirrorOutcome.Failed : MirrorOutcome.Unfinished));

    void ITimerOwner.OnTimer(LoopTimer timer)
    {
        Enter();
        if (_endpoint is null)
        {
            Leave();
        }
        else
        {
            End(_answer.HasHead ? MirrorOutcome.Sent : MirrorOutcome.Failed);
        }
    }

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => End(MirrorOutcome.Failed);

    void IUpstreamUser.OnUpstreamConnected(UpstreamConnection connection) => SendOn(connection);

    void IUpstreamUser.OnUpstreamFailed(UpstreamConnection connection, Failure failure)
    {
        _upstream = null;
        End(MirrorOutcome.Failed);
    }

    void IUpstreamUser.OnUpstreamReadable(UpstreamConnection connection)
    {
        Enter();
        Read(connection);
    }

    void IUpstreamUser.OnUpstreamWritable(UpstreamConnection connection) => SendOn(connection);

    void IUpstreamUser.OnUpstreamFault(UpstreamConnection connection)
    {
        _upstream = null;
        End(MirrorOutcome.Failed);
    }

    private void Enter() => _owner.Services.Now = _owner.Services.Clock.GetTimestamp();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_spoiled is null && !_bytes.TryAdd(bytes, Blocks))
        {
            Spoil(MirrorOutcome.OverBudget);
        }
    }

    // It will not be sent: memory is given back at once, room when its request has ended.
    private void Spoil(MirrorOutcome outcome)
    {
        _spoiled = outcome;
        _bytes.Clear(Blocks);
    }

    private void Leave()
    {
        if (_spoiled is { } outcome)
        {
            End(outcome);
            return;
        }

        var services = _owner.Services;
        var pick = _mirror!.Cluster.PickForCopy(services.NowTicks);
        if (pick.Endpoint is not { } endpoint)
        {
            End(pick.Failure.Reason is FailureReason.GatewayOverloaded or FailureReason.CircuitOpen ? MirrorOutcome.OverBudget : MirrorOutcome.Failed);
            return;
        }

        if (!_owner.Upstreams.Refusal(endpoint).IsNone)
        {
            End(MirrorOutcome.Failed);
            return;
        }

        // A connection that nobody looked at may be dead, and nothing of a copy is sent again.
        _endpoint = endpoint;
        endpoint.Begin();
        _timer.Arm(_time);
        if (_owner.Upstreams.TryTake(endpoint, check: true) is { } connection)
        {
            _upstream = connection;
            connection.User = this;
            SendOn(connection);
        }
        else
        {
            _upstream = _owner.Upstreams.Open(endpoint, this);
        }
    }

    private void SendOn(UpstreamConnection connection)
    {
        while (!_bytes.IsEmpty)
        {
            var result = connection.Stream.Send(_bytes.First, _bytes.Second);
            switch (result.Status)
            {
                case IoStatus.Done:
                    _bytes.Consume(result.Count, Blocks);
                    break;
                case IoStatus.WouldBlock:
                    return;
                default:
                    // It may have answered before it closed; what it sent is read by its own event.
                    _bytes.Clear(Blocks);
                    connection.Stream.ReadAgain();
                    return;
            }
        }
    }

    private void Read(UpstreamConnection connection)
    {
        for (var run = 0; _upstream == connection; run++)
        {
            if (run == LongestRun)
            {
                connection.Stream.ReadAgain();
                return;
            }

            var buffer = _owner.Loop.ReceiveBuffer;
            var kept = _rest.CopyTo(buffer);
            var result = connection.Stream.Receive(buffer[kept..]);
            switch (result.Status)
            {
                case IoStatus.Done:
                    Take(buffer[..(kept + result.Count)]);
                    break;
                case IoStatus.WouldBlock:
                    return;
                default:
                    End(_answer.HasHead ? MirrorOutcome.Sent : MirrorOutcome.Failed);
                    return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var reading = _answer.Read(bytes, out var used);
        if (reading == MirrorReading.More)
        {
            _rest.Keep(bytes[used..], offered: true);
        }
        else
        {
            var reusable = reading == MirrorReading.Whole && _answer.KeepsAlive && used == bytes.Length && _bytes.IsEmpty;
            End(_answer.HasHead ? MirrorOutcome.Sent : MirrorOutcome.Failed, reusable);
        }
    }

    private void End(MirrorOutcome outcome, bool reusable = false)
    {
        if (_mirror is null)
        {
            return;
        }

        _mirror = null;
        _timer.Cancel();
        _bytes.Clear(Blocks);
        _rest.Clear();
        if (_upstream is { } connection)
        {
            _upstream = null;
            if (reusable)
            {
                connection.Release();
            }
            else
            {
                connection.Close(reset: true);
            }
        }

        if (_endpoint is { } endpoint)
        {
            _endpoint = null;
            endpoint.End(new Outcome(OutcomeKind.Abandoned, _owner.Services.NowTicks));
        }

        _counters.Leave(outcome);
        _owner.Return(this);
    }
}
