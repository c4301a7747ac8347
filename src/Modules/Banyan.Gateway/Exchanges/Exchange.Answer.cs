using Banyan.Gateway.Failures;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <content>From the first byte of an answer to the last one passed on.</content>
internal sealed partial class Exchange
{
    private int TakeAnswerHead(ReadOnlySpan<byte> bytes)
    {
        _heard = true;
        var head = services.ResponseHeadOf(this);
        switch (ResponseParser.Parse(bytes, head, _method, services.Limits))
        {
            case ParseStatus.Incomplete:
                return 0;
            case ParseStatus.Refused when _hedge is not null:
                FallBackOnHedge(FailureReason.UpstreamHeadInvalid);
                return bytes.Length;
            case ParseStatus.Refused:
                Fail(new Failure(FailureReason.UpstreamHeadInvalid, $"The answer cannot be passed on: {WireFaults.Describe(head.Fault).Words}"));
                return bytes.Length;
        }

        // 5. Is it an answer to what was asked?
        if (head.IsInterim)
        {
            PassInterim(bytes, head);
            return head.Length;
        }

        if (head.IsSwitch)
        {
            TakeSwitch(bytes, head);
            return _phase == ExchangePhase.Tunnel ? head.Length : bytes.Length;
        }

        // 6. The head.
        _hedgeDue = 0;
        if (_hedge is not null)
        {
            OvertakeHedge();
        }

        _headReceived = services.Now;
        _status = head.Status;
        _answerReusable = head.KeepAlive;
        _answer = head.Framing switch
        {
            BodyFraming.Length => BodyCourse.OfLength(head.ContentLength),
            BodyFraming.Chunked => BodyCourse.OfChunks(),
            BodyFraming.UntilClose => BodyCourse.ToTheEnd(),
            _ => default,
        };

        // An error before the whole request: the rest of it is not wanted, and must not be taken for a next one.
        _closing |= _draining || (_request.IsOpen && (head.Status >= 300 || (_expects && !_bodyTaken)));
        var unsized = head.Framing is BodyFraming.Chunked or BodyFraming.UntilClose;
        _chunksOut = unsized && !_http10;
        _endsByClose = unsized && _http10;
        _closing |= _endsByClose;
        var length = services.Answers.Write(services.Scratch, bytes, head, _route!.ResponseFields, _http10, _closing, _chunksOut, _cookie == 0 ? null : _route.Split!.Cookie, _cookie, _peer.IsSecure);
        if (length < 0)
        {
            Fail(new Failure(FailureReason.UpstreamHeadInvalid, "The answer cannot be passed on: its head is too large."));
            return bytes.Length;
        }

        transport.WriteClient(services.Scratch.AsSpan(0, length));
        _headSent = true;
        _phase = ExchangePhase.Answering;
        if (!_answer.IsOpen)
        {
            EndAnswer(reusable: head.Length == bytes.Length);
        }
        else
        {
            _answerChunks = new ChunkedDecoder(services.ChunkLimits);
            Arm(ResponseIdle, FailureReason.UpstreamBodyTimedOut);
        }

        return head.Length;
    }

    // 1xx goes to those who know it, in the order it came, and ends nothing (RFC 9110 section 15.2).
    private void PassInterim(ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        // Whoever says that it works on it is waited for.
        _hedgeDue = 0;
        if (head.Status == 100)
        {
            _expects = false;
        }

        if (!_http10)
        {
            var length = AnswerWriter.WriteInterim(services.Scratch, bytes, head);
            if (length >= 0)
            {
                transport.WriteClient(services.Scratch.AsSpan(0, length));
            }
        }

        ArmWaiting();
    }

    private int TakeAnswerBody(ReadOnlySpan<byte> bytes)
    {
        if (_answer.Chunked)
        {
            return TakeAnswerChunks(bytes);
        }

        var taken = _answer.Take(bytes.Length);
        WriteBody(bytes[..taken]);
        if (_answer.IsOpen)
        {
            Arm(ResponseIdle, FailureReason.UpstreamBodyTimedOut);
        }
        else
        {
            // Bytes behind the answer are nobody's: such a connection is not used again.
            EndAnswer(reusable: taken == bytes.Length);
        }

        return taken;
    }

    private int TakeAnswerChunks(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var step = _answerChunks.Read(bytes[at..], services.Trailers, out var used, out var data);
            switch (step)
            {
                case ChunkStep.Data:
                    WriteBody(data.Of(bytes[at..]));
                    at += used;
                    continue;
                case ChunkStep.End:
                    // 8. Trailers.
                    if (_chunksOut)
                    {
                        WriteLastChunk(toClient: true, bytes[at..]);
                        _chunksOut = false;
                    }

                    at += used;
                    EndAnswer(reusable: at == bytes.Length);
                    return at;
                case ChunkStep.Refused:
                    BreakOff(FailureReason.UpstreamBodyTruncated);
                    return bytes.Length;
                default:
                    Arm(ResponseIdle, FailureReason.UpstreamBodyTimedOut);
                    return at + used;
            }
        }
    }

    // 7. The body.
    private void WriteBody(ReadOnlySpan<byte> piece)
    {
        _bytesOut += piece.Length;
        if (_chunksOut)
        {
            WriteChunk(toClient: true, piece);
        }
        else
        {
            transport.WriteClient(piece);
        }
    }

    private void EndAnswer(bool reusable)
    {
        if (_chunksOut)
        {
            transport.WriteClient(ChunkedWriter.End);
        }

        _answer.End();
        var whole = !_request.IsOpen;
        GiveUpUpstream(reusable && _answerReusable && whole && !_upstreamDeaf && !_upstreamEnded ? UpstreamEnd.Keep : whole ? UpstreamEnd.Close : UpstreamEnd.Reset, FailureReason.None);
        EndRecord(FailureReason.None);
        EndRequest(whole);
    }

    private void WriteChunk(bool toClient, ReadOnlySpan<byte> piece)
    {
        Span<byte> head = stackalloc byte[ChunkedWriter.MaxHeadLength];
        Write(toClient, head[..ChunkedWriter.WriteHead(head, piece.Length)]);
        Write(toClient, piece);
        Write(toClient, ChunkedWriter.DataEnd);
    }

    private void WriteLastChunk(bool toClient, ReadOnlySpan<byte> bytes) =>
        Write(toClient, ChunkedWriter.TryWriteEnd(services.Scratch, bytes, services.Trailers, out var length) ? services.Scratch.AsSpan(0, length) : ChunkedWriter.End);

    private void Write(bool toClient, ReadOnlySpan<byte> bytes)
    {
        if (toClient)
        {
            transport.WriteClient(bytes);
        }
        else
        {
            transport.WriteUpstream(bytes);
            _copy?.Add(bytes);
        }
    }
}
