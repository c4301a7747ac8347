using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Routing;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <content>From the first byte of a request to the last one passed on.</content>
internal sealed partial class Exchange
{
    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        var head = services.RequestHeadOf(this);
        switch (RequestParser.Parse(bytes, head, services.Limits))
        {
            case ParseStatus.Incomplete when _phase == ExchangePhase.Idle:
                _phase = ExchangePhase.Head;
                Arm(_options.RequestHeadTimeout, FailureReason.ClientHeadTimedOut);
                return 0;
            case ParseStatus.Incomplete:
                return 0;
            case ParseStatus.Refused:
                Refuse(WireFailures.Of(head.Fault));
                return bytes.Length;
        }

        _began = services.Now;
        _served++;
        _method = head.Method;
        _http10 = head.Version == HttpRelease.Http10;
        _closing = !head.KeepAlive || _draining || _served == _options.MaxRequestsPerConnection;
        _expects = head.ExpectContinue;
        _request = head.Framing switch
        {
            BodyFraming.Length => BodyCourse.OfLength(head.ContentLength),
            BodyFraming.Chunked => BodyCourse.OfChunks(),
            _ => default,
        };
        _requestChunks = new ChunkedDecoder(services.ChunkLimits);
        _isGrpc = head.Fields.Value(bytes, FieldId.ContentType).StartsWith("application/grpc"u8);
        Accept(bytes[..head.Length], head);
        return head.Length;
    }

    private void Accept(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        // 1. Is this a request a gateway answers for at all?
        if (services.Admission.Refuse(bytes, head) is { IsNone: false } refused)
        {
            Fail(refused, bytes, head);
            return;
        }

        if (Admission.AnswersItself(bytes, head))
        {
            AnswerSelf(bytes, head);
            return;
        }

        // 2. One look at the table; the route found stays this request's route whatever changes meanwhile.
        var found = services.Routes.Find(bytes, head, _peer, services.NowTicks, out var route, out _cluster, out var entrance);
        if (route is null)
        {
            Fail(found, bytes, head);
            return;
        }

        _route = route;
        _cookie = services.Routes.Drawn;
        services.Journal.Begin(route);
        if (route.AnswersItself)
        {
            AnswerForRoute(bytes, head, route);
            return;
        }

        // 3. May it come in?
        if (MayEnter(entrance) is { IsNone: false } barred)
        {
            Fail(barred, bytes, head);
            return;
        }

        _attempts.Begin(_cluster!, route, entrance);
        _totalDue = WholeTime(bytes, head, route) is { } total ? services.NowTicks + total.Ticks : 0;

        // 4. The head as the instance gets it, kept for as long as it may have to be sent again or told in the log.
        if (!TryWriteHead(bytes, head, route))
        {
            Fail(new Failure(FailureReason.ClientHeadTooLarge), bytes, head);
            return;
        }

        Choose();
    }

    // The one place where a request is let in. The service's rate limits decide; callers have no identity yet that could.
    private static Failure MayEnter(in Entrance entrance) => entrance.Refusal;

    // A gRPC client says how long it waits; nothing is begun or repeated for it beyond that.
    private TimeSpan? WholeTime(ReadOnlySpan<byte> bytes, RequestHead head, Route route) =>
        _isGrpc && GrpcTimeout.TryRead(head.Fields.Value(bytes, FieldId.GrpcTimeout), out var asked) && !(route.Timeouts.Total < asked) ? asked : route.Timeouts.Total;

    private bool TryWriteHead(ReadOnlySpan<byte> bytes, RequestHead head, Route route)
    {
        var block = services.Blocks.Take();
        if (!services.Requests.TryWrite(block, bytes, head, _peer, route, out _marks))
        {
            services.Blocks.Return(block);
            block = new byte[bytes.Length * 3 + HeadBlocks.Usual + RequestWriter.MostAdded(route, bytes.Length)];
            if (!services.Requests.TryWrite(block, bytes, head, _peer, route, out _marks))
            {
                return false;
            }
        }

        _block = block;
        return true;
    }

    // Whose turn is it? A request that finds the service full waits a little, if the wait is worth it.
    private void Choose()
    {
        var pick = Pick();
        if (pick.Failure.Reason == FailureReason.GatewayOverloaded
            && _attempts.Policy.Room.TryEnter(_attempts.Priority, _attempts.Policy.Concurrency.Limit, _attempts.Policy.Concurrency.UsualTicks, HeaderTime.Ticks) == WaitVerdict.Wait)
        {
            _queued = true;
            _queuedUntil = services.NowTicks + Math.Min(HeaderTime.Ticks, _attempts.Policy.Settings.Concurrency.QueueTime.Ticks);
            _phase = ExchangePhase.Queued;
            Arm(RoomPoll, FailureReason.GatewayOverloaded);
            return;
        }

        Go(pick);
    }

    private void LookForRoom()
    {
        var pick = Pick();
        if (pick.Failure.Reason == FailureReason.GatewayOverloaded && services.NowTicks < _queuedUntil)
        {
            Arm(RoomPoll, FailureReason.GatewayOverloaded);
            return;
        }

        LeaveRoom();
        Go(pick);
    }

    private void LeaveRoom()
    {
        if (_queued)
        {
            _queued = false;
            _attempts.Policy.Room.Leave();
        }
    }

    private void Go(in PickResult pick)
    {
        if (pick.Endpoint is { } endpoint)
        {
            Open(endpoint, _method.IsIdempotent() && !_request.IsOpen ? UpstreamChoice.Any : UpstreamChoice.Checked);
        }
        else
        {
            Fail(pick.Failure);
        }
    }

    private PickResult Pick()
    {
        var pick = _attempts.Pick(services.NowTicks);
        return pick.Endpoint is not null || services.Clusters.Synced
            ? pick
            : new PickResult(null, new Failure(FailureReason.GatewayNoInstanceList, "The registry's list of instances has not arrived yet. Try again."));
    }

    private void Open(Endpoint endpoint, UpstreamChoice choice)
    {
        _endpoint = endpoint;
        endpoint.Begin();
        _engaged = true;
        _upstreamOpen = true;
        _upstreamEnded = false;
        _upstreamDeaf = false;
        _heard = false;
        _phase = ExchangePhase.Opening;
        _reused = transport.OpenUpstream(endpoint, choice);
        if (_reused)
        {
            SendRequest();
        }
        else
        {
            Arm(ConnectTime, FailureReason.UpstreamConnectTimedOut);
        }
    }

    private void SendRequest()
    {
        transport.WriteUpstream(_block.AsSpan(0, _marks.Length));
        _sent = services.Now;
        _phase = ExchangePhase.Waiting;
        if (_route!.Mirror is not null)
        {
            BeginCopy();
        }

        if (_cluster!.HedgeTicks is > 0 and var delay)
        {
            PlanHedge(delay);
        }

        ArmWaiting();
    }

    // What an instance gets is copied, once, when it is whole; a body piece by piece on its way.
    private void BeginCopy()
    {
        if (_copied || !_marks.Upgrade.IsEmpty)
        {
            return;
        }

        _copied = true;
        _copy = services.Copies?.Begin(_route!, _method, _block.AsSpan(0, _marks.Length), _request.Chunked ? -1 : _request.Left);
        SendWholeCopy();
    }

    private void SendWholeCopy()
    {
        if (!_request.IsOpen && _copy is { } copy)
        {
            _copy = null;
            copy.Send();
        }
    }

    // Whose turn it is to do something: the client's while its body is not whole, unless it waits to be told to go on.
    private void ArmWaiting()
    {
        if (_request.IsOpen && !(_expects && !_bodyTaken))
        {
            Arm(RequestIdle, FailureReason.ClientBodyTimedOut);
        }
        else
        {
            Arm(_hedgeDue == 0 ? HeaderTime : TimeSpan.FromTicks(Math.Max(1, _hedgeDue - services.NowTicks)), FailureReason.UpstreamHeadTimedOut);
        }
    }

    private int TakeRequestBody(ReadOnlySpan<byte> bytes)
    {
        var before = _bytesIn;
        var taken = _request.Chunked ? TakeRequestChunks(bytes) : TakeRequestLength(bytes);
        if (_phase is ExchangePhase.Waiting or ExchangePhase.Answering && taken > 0)
        {
            _bodyTaken = true;
            SendWholeCopy();
            if (_request.IsOpen && IsTrickling(_bytesIn - before))
            {
                Fail(new Failure(FailureReason.ClientBodyTimedOut, $"The body came at less than {_options.RequestMinimumRate} bytes a second."));
            }
            else if (_phase == ExchangePhase.Waiting)
            {
                ArmWaiting();
            }
        }

        return taken;
    }

    private int TakeRequestLength(ReadOnlySpan<byte> bytes)
    {
        var taken = _request.Take(bytes.Length);
        _bytesIn += taken;
        Write(toClient: false, bytes[..taken]);
        return taken;
    }

    private int TakeRequestChunks(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var step = _requestChunks.Read(bytes[at..], services.Trailers, out var used, out var data);
            switch (step)
            {
                case ChunkStep.Data:
                    var piece = data.Of(bytes[at..]);
                    _bytesIn += piece.Length;
                    WriteChunk(toClient: false, piece);
                    at += used;
                    continue;
                case ChunkStep.End:
                    WriteLastChunk(toClient: false, bytes[at..]);
                    _request.End();
                    return at + used;
                case ChunkStep.Refused:
                    Fail(WireFailures.OfBody(_requestChunks.Fault));
                    return bytes.Length;
                default:
                    return at + used;
            }
        }
    }

    // A body that never stands still but comes so slowly that it holds a connection for hours. Looked at when bytes come, over windows of some seconds.
    private bool IsTrickling(long bytes)
    {
        if (_options.RequestMinimumRate == 0)
        {
            return false;
        }

        _rateBytes += bytes;
        var elapsed = services.Clock.GetElapsedTime(_rateFrom, services.Now);
        if (_rateFrom == 0 || elapsed < RateWindow)
        {
            _rateFrom = _rateFrom == 0 ? services.Now : _rateFrom;
            return false;
        }

        var slow = _rateBytes < _options.RequestMinimumRate * elapsed.TotalSeconds;
        _rateFrom = services.Now;
        _rateBytes = 0;
        return slow;
    }
}
