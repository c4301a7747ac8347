using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;
using Banyan.Wire;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <content>Every way a request ends: well, with an answer of our own, broken off; and what comes after.</content>
internal sealed partial class Exchange
{
    // The connection was lost before anything of an answer came. Once, and only when the instance cannot have acted on the request, or acting twice is as good.
    private bool TryRepeat(bool unsent, bool refused = false)
    {
        if (_hedge is not null)
        {
            FallBackOnHedge(FailureReason.None);
            return true;
        }

        if (_bodyTaken || _clientEnded && _request.IsOpen || !(unsent || !_request.IsOpen))
        {
            return false;
        }

        if (!_reused && !refused)
        {
            return _marks.Upgrade.IsEmpty && TryAnother(unsent ? AttemptEnd.Unprocessed : AttemptEnd.FreshClosed, FailureReason.UpstreamClosedBeforeHead);
        }

        if (_repeated || !_attempts.Wants(unsent ? AttemptEnd.NotConnected : AttemptEnd.ReusedClosed) || !(unsent || (_method.IsIdempotent() && _marks.Upgrade.IsEmpty)))
        {
            return false;
        }

        // An unused connection that ended is no fault of the instance; the same one gets a new connection.
        _repeated = true;
        var endpoint = _endpoint!;
        GiveUpUpstream(UpstreamEnd.Close, FailureReason.None);
        Open(endpoint, UpstreamChoice.Fresh);
        return true;
    }

    // Another instance, once the rules allow it and the budget has room.
    private bool TryAnother(AttemptEnd end, FailureReason reason)
    {
        var tried = _endpoint!;
        var failed = new RetryCase
        {
            End = end,
            Method = _method.IsSafe() ? MethodPromise.Safe : _method.IsIdempotent() ? MethodPromise.Idempotent : MethodPromise.None,
            HasBody = _request.IsOpen || _bodyTaken,
            BodyWhole = !_bodyTaken,
            Upgrade = !_marks.Upgrade.IsEmpty,
            RemainingTicks = HeaderTime.Ticks - (services.NowTicks - services.Clock.FromTimestamp(_began)),
        };
        if (_attempts.MayRetry(failed, tried, services.NowTicks) != RetryVerdict.Retry)
        {
            return false;
        }

        GiveUpUpstream(UpstreamEnd.Close, reason);
        _retries++;
        Choose();
        return true;
    }

    // The attempt is over: the connection goes, and the instance's standing hears how it went.
    private void GiveUpUpstream(UpstreamEnd how, FailureReason reason)
    {
        var latency = _headReceived == 0 ? 0 : services.Clock.FromTimestamp(_headReceived) - services.Clock.FromTimestamp(_sent);
        GiveUpUpstream(how, new Outcome(Outcome.Of(reason, _headReceived == 0 ? 0 : _status), services.NowTicks, Math.Max(latency, 0), _tunnel));
    }

    private void GiveUpUpstream(UpstreamEnd how, in Outcome outcome)
    {
        if (_endpoint is not { } endpoint || !_engaged)
        {
            return;
        }

        _engaged = false;
        if (_upstreamOpen)
        {
            _upstreamOpen = false;
            transport.EndUpstream(how);
        }

        endpoint.End(outcome);
    }

    // Before a head was read: there is no request yet, only somebody who sends bytes.
    private void Refuse(Failure failure)
    {
        _began = services.Now;
        _text ??= RequestText.None;
        _closing = true;
        _request = BodyCourse.ToTheEnd();
        Fail(failure);
    }

    private void Fail(Failure failure, ReadOnlySpan<byte> bytes, RequestHead head)
    {
        _text = RequestText.Of(bytes, head, services.Traces);
        Fail(failure);
    }

    private void Fail(Failure failure)
    {
        if (_headSent)
        {
            BreakOff(failure.Reason);
            return;
        }

        // What is left of a body that was not read to its end must not be taken for a next request.
        GiveUpUpstream(UpstreamEnd.Reset, failure.Reason);
        var whole = !_request.IsOpen;
        _closing |= !whole || _draining;
        KeepText();
        _status = FailureAnswer.Write(transport, failure, _text!.TraceId, _isGrpc, _method == KnownMethod.Head, _http10, _closing, services.Date);
        EndRecord(failure.Reason);
        EndRequest(whole);
    }

    private void AnswerSelf(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        _text = RequestText.Of(bytes, head, services.Traces);
        _closing |= _request.IsOpen;
        var writer = new HeadWriter(services.Scratch);
        writer.StatusLine(204, "No Content"u8);
        writer.Lines(FailureAnswer.Allow);
        writer.Lines(services.Date.Line);
        writer.Lines(AnswerWriter.Connection(_http10, _closing));
        writer.End();
        transport.WriteClient(writer.Written);
        _status = 204;
        EndRecord(FailureReason.None);
        EndRequest(!_request.IsOpen);
    }

    // Redirects and fixed answers: no service sees the request.
    private void AnswerForRoute(ReadOnlySpan<byte> bytes, RequestHead head, Route route)
    {
        _text = RequestText.Of(bytes, head, services.Traces);
        _closing |= _request.IsOpen;
        _status = services.Answers.WriteForRoute(transport, bytes, head, route, _peer.IsSecure, _http10, _closing);
        EndRecord(FailureReason.None);
        EndRequest(!_request.IsOpen);
    }

    // The head is with the client: all that is left is not to end as if the answer were whole.
    private void BreakOff(FailureReason reason)
    {
        GiveUpUpstream(UpstreamEnd.Reset, reason);
        EndRecord(reason);
        CloseClient(_endsByClose ? ClientEnd.Reset : ClientEnd.Close);
    }

    private void LoseClient()
    {
        var reason = _headSent ? FailureReason.ClientGoneInAnswer : FailureReason.ClientGone;
        GiveUpUpstream(UpstreamEnd.Reset, reason);
        if (!_headSent)
        {
            _status = FailureCatalog.Of(reason).Status;
        }

        EndRecord(reason);
        CloseClient(ClientEnd.Reset);
    }

    // After the last byte of an answer: the next request, or the end of the connection.
    private void EndRequest(bool whole)
    {
        if (!_closing && whole && !_draining && !_clientEnded)
        {
            Forget();
            _phase = ExchangePhase.Idle;
            Arm(_options.ClientIdleTimeout, FailureReason.None);
        }
        else
        {
            CloseClient(whole || _clientEnded ? ClientEnd.Close : ClientEnd.Linger);
        }
    }

    private void CloseClient(ClientEnd how)
    {
        _phase = ExchangePhase.Closed;
        Forget();
        transport.EndClient(how);
    }

    private void EndRecord(FailureReason reason)
    {
        LeaveRoom();
        if (_hedge is not null)
        {
            LeaveHedge(OutcomeKind.Abandoned);
        }

        _attempts.Close();
        var outcome = new ExchangeOutcome(_route, _endpoint, _status, reason, _retries, _hedged, _tunnel, _bytesIn, _bytesOut, _began, _sent, _headReceived, services.Now);
        if (services.Journal.End(outcome))
        {
            KeepText();
            services.Journal.Log(outcome, _text!, _peer, _http10);
        }
    }

    // Strings, for what is told to people only.
    private void KeepText()
    {
        _text ??= RequestText.Of(_block, _marks);
    }

    private void Forget()
    {
        services.Forget(this);
        if (_copy is { } copy)
        {
            _copy = null;
            copy.Drop();
        }

        _copied = false;
        _hedgeDue = 0;
        _hedged = HedgeOutcome.None;
        if (_block is { } block)
        {
            _block = null;
            services.Blocks.Return(block);
        }

        _marks = default;
        _text = null;
        _method = KnownMethod.Other;
        _http10 = false;
        _closing = false;
        _expects = false;
        _bodyTaken = false;
        _isGrpc = false;
        _request = default;
        _route = null;
        _cluster = null;
        _totalDue = 0;
        _endpoint = null;
        _engaged = false;
        _reused = false;
        _repeated = false;
        _upstreamOpen = false;
        _upstreamEnded = false;
        _upstreamDeaf = false;
        _heard = false;
        _headSent = false;
        _answerReusable = false;
        _chunksOut = false;
        _endsByClose = false;
        _answer = default;
        _status = 0;
        _retries = 0;
        _tunnel = false;
        _webSocket = null;
        _bytesIn = 0;
        _bytesOut = 0;
        _sent = 0;
        _headReceived = 0;
        _rateFrom = 0;
        _rateBytes = 0;
    }
}
