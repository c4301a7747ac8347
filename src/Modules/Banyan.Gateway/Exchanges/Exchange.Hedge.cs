using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Wire;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <content>
/// A read that takes longer than nearly all others is asked of a second instance as well, once, while the exchange is in Waiting: the first whose head is there is
/// used, the other one is ended. When one of them fails, the other is all there is, and the request goes on as if it had been the only one.
/// <code>
///             time of the first has come           head of the first: the second is ended
///   planned ───────────────────────────▶ both are asked ──────────────────────────────▶ the first
///     │ no budget, nobody else                │     │
///     └────────▶ the first                    │     └─ the second failed ─────────────▶ the first
///                                             └─ head of the second, or the first failed ▶ the second takes its place
/// </code>
/// </content>
internal sealed partial class Exchange
{
    /// <summary>The connection for the second instance is there.</summary>
    public void OnHedgeOpened()
    {
        if (_hedge is not null)
        {
            SendHedge();
        }
    }

    /// <summary>The connection for the second instance could not be opened, and is given up.</summary>
    public void OnHedgeFailed(Failure failure) => EndHedge(Outcome.Of(failure.Reason, 0));

    /// <summary>
    /// Bytes of the second instance, those left over before first. Returns how many of them are done with. When it has taken the first one's place, the others are
    /// to be given to <see cref="OnUpstreamBytes"/>.
    /// </summary>
    public int OnHedgeBytes(ReadOnlySpan<byte> bytes)
    {
        _hedge!.Heard = true;
        var at = 0;
        var head = services.HedgeHead;
        while (_hedge is not null)
        {
            head.Reset();
            switch (ResponseParser.Parse(bytes[at..], head, _method, services.Limits))
            {
                case ParseStatus.Incomplete:
                    return at;
                case ParseStatus.Refused:
                    LeaveHedge(OutcomeKind.Reset);
                    return bytes.Length;
            }

            if (head.IsInterim)
            {
                // Of the two only the first one's are passed on.
                at += head.Length;
            }
            else if (head.IsSwitch || head.Status >= 500)
            {
                // What the first will say cannot be worse.
                LeaveHedge(head.IsSwitch ? OutcomeKind.Reset : Outcome.OfStatus(head.Status));
                return bytes.Length;
            }
            else
            {
                var waited = services.Clock.FromTimestamp(services.Now) - services.Clock.FromTimestamp(_sent);
                GiveUpUpstream(UpstreamEnd.Reset, new Outcome(OutcomeKind.Overtaken, services.NowTicks, waited));
                TakeHedge();
            }
        }

        return at;
    }

    /// <summary>The second instance's connection has ended, in order or broken.</summary>
    public void OnHedgeEnd() => LeaveHedge(_hedge is { Reused: true, Heard: false } ? OutcomeKind.Abandoned : OutcomeKind.Reset);

    private void PlanHedge(long delay)
    {
        if (_hedged == HedgeOutcome.None
            && delay < HeaderTime.Ticks
            && HedgeRule.Allows(_method.IsSafe() ? MethodPromise.Safe : MethodPromise.None, _request.IsOpen || _bodyTaken, !_marks.Upgrade.IsEmpty))
        {
            _hedgeDue = services.NowTicks + delay;
        }
    }

    private void Hedge()
    {
        _hedgeDue = 0;
        var left = HeaderTime.Ticks - (services.NowTicks - services.Clock.FromTimestamp(_sent));
        if (left <= 0 || (_totalDue != 0 && services.NowTicks >= _totalDue))
        {
            Fail(new Failure(_onDeadline));
            return;
        }

        Arm(TimeSpan.FromTicks(left), FailureReason.UpstreamHeadTimedOut);
        if (!transport.CanHedge || _attempts.Hedge(_endpoint!, services.NowTicks) is not { } second)
        {
            return;
        }

        _hedge = new SecondAsking(second);
        _hedged = HedgeOutcome.First;
        _cluster!.CountHedge();
        second.Begin();
        _hedge.Reused = transport.OpenHedge(second);
        if (_hedge.Reused)
        {
            SendHedge();
        }
    }

    private void SendHedge()
    {
        transport.WriteHedge(_block.AsSpan(0, _marks.Length));
        _hedge!.Sent = services.Now;
    }

    // The first one's head is there. How long the second was waited for is no less worth knowing than how long it took.
    private void OvertakeHedge() =>
        LeaveHedge(OutcomeKind.Overtaken, _hedge!.Sent == 0 ? 0 : services.Clock.FromTimestamp(services.Now) - services.Clock.FromTimestamp(_hedge.Sent));

    private void LeaveHedge(OutcomeKind kind, long latency = 0)
    {
        transport.EndHedge();
        EndHedge(kind, latency);
    }

    private void EndHedge(OutcomeKind kind, long latency = 0)
    {
        var hedge = _hedge!;
        _hedge = null;
        hedge.Endpoint.End(new Outcome(kind, services.NowTicks, latency));
    }

    // The first one has failed: the second is all there is.
    private void FallBackOnHedge(FailureReason reason)
    {
        GiveUpUpstream(UpstreamEnd.Close, reason);
        var sent = _hedge!.Sent;
        TakeHedge();
        if (sent == 0)
        {
            _phase = ExchangePhase.Opening;
            Arm(ConnectTime, FailureReason.UpstreamConnectTimedOut);
        }
        else
        {
            Arm(TimeSpan.FromTicks(Math.Max(1, HeaderTime.Ticks - (services.NowTicks - services.Clock.FromTimestamp(sent)))), FailureReason.UpstreamHeadTimedOut);
        }
    }

    private void TakeHedge()
    {
        var hedge = _hedge!;
        _hedge = null;
        transport.TakeHedge();
        services.Forget(this);
        _cluster!.CountHedgeWon();
        _hedged = HedgeOutcome.Second;
        _endpoint = hedge.Endpoint;
        _engaged = true;
        _upstreamOpen = true;
        _upstreamEnded = false;
        _upstreamDeaf = false;
        _heard = false;
        _reused = hedge.Reused;
        _sent = hedge.Sent == 0 ? _sent : hedge.Sent;
    }
}
