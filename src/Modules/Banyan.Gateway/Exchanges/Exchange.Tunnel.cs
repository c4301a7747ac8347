using System.Text;
using Banyan.Gateway.Failures;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.WebSockets;

namespace Banyan.Gateway.Exchanges;

/// <content>After a change of protocol: bytes as they are, until both sides have ended.</content>
internal sealed partial class Exchange
{
    // 101 is taken only as the answer to this request's own wish (RFC 9110 section 15.2.2). Anything else would leave the two sides with different ideas of what follows.
    private void TakeSwitch(ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        var asked = _marks.Upgrade.Of(_block);
        var webSocket = Ascii.EqualsIgnoreCase(asked, "websocket"u8);
        if (asked.IsEmpty || !(webSocket ? WebSocketHandshake.IsAccepted(bytes, head, KeyOf(_block)) : Ascii.EqualsIgnoreCase(head.Fields.Value(bytes, FieldId.Upgrade), asked)))
        {
            Fail(new Failure(FailureReason.UpstreamUnaskedUpgrade));
            return;
        }

        var length = AnswerWriter.WriteSwitch(services.Scratch, bytes, head);
        if (length < 0)
        {
            Fail(new Failure(FailureReason.UpstreamHeadInvalid, "The answer cannot be passed on: its head is too large."));
            return;
        }

        transport.WriteClient(services.Scratch.AsSpan(0, length));
        _headSent = true;
        _headReceived = services.Now;
        _status = head.Status;
        _tunnel = true;
        _endpoint!.Detach();
        _phase = ExchangePhase.Tunnel;
        KeepText();
        _webSocket = webSocket ? new WebSocketCourse { Leaves = _draining } : null;
        Arm(TunnelIdle, FailureReason.TunnelIdle);
    }

    private int TakeTunnelUp(ReadOnlySpan<byte> bytes)
    {
        _bytesIn += bytes.Length;
        if (_webSocket is { } course)
        {
            PassFrames(course, bytes, toClient: false);
        }
        else
        {
            transport.WriteUpstream(bytes);
        }

        ArmTunnel();
        return bytes.Length;
    }

    private int TakeTunnelDown(ReadOnlySpan<byte> bytes)
    {
        _bytesOut += bytes.Length;
        if (_webSocket is { } course)
        {
            PassFrames(course, bytes, toClient: true);
        }
        else
        {
            transport.WriteClient(bytes);
        }

        ArmTunnel();
        return bytes.Length;
    }

    // Frames pass as they are. When the gateway stops, each side hears 1001 behind its last whole frame, and nothing after it.
    private void PassFrames(WebSocketCourse course, ReadOnlySpan<byte> bytes, bool toClient)
    {
        if (toClient ? course.SaidCloseDown : course.SaidCloseUp)
        {
            return;
        }

        ref var cursor = ref toClient ? ref course.Down : ref course.Up;
        for (var at = 0; at < bytes.Length;)
        {
            var length = cursor.Pass(bytes[at..]);
            at += length;
            if (course.Leaves && cursor.IsBetween)
            {
                Write(toClient, bytes[..at]);
                SayGoingAway(course, toClient);
                return;
            }
        }

        Write(toClient, bytes);
    }

    private void SayGoingAway(WebSocketCourse course, bool toClient)
    {
        Span<byte> frame = stackalloc byte[CloseFrame.MaxLength];
        var length = CloseFrame.Write(frame, CloseFrame.GoingAway, "The gateway stops"u8, toClient ? null : (uint)services.Traces.Next());
        Write(toClient, frame[..length]);
        if (toClient)
        {
            course.SaidCloseDown = true;
        }
        else
        {
            course.SaidCloseUp = true;
        }
    }

    private void EndTunnelUp()
    {
        if (_upstreamEnded)
        {
            EndTunnel(FailureReason.None);
            return;
        }

        transport.ShutUpstream();
        ArmTunnel();
    }

    private void EndTunnelDown()
    {
        _upstreamEnded = true;
        if (_clientEnded)
        {
            EndTunnel(FailureReason.None);
            return;
        }

        transport.ShutClient();
        ArmTunnel();
    }

    // What a client may still have to say to an instance that has ended is little.
    private void ArmTunnel()
    {
        if (_webSocket is { LeavesAt: > 0 } course)
        {
            Arm(TimeSpan.FromTicks(Math.Max(1, course.LeavesAt - services.NowTicks)), FailureReason.None);
        }
        else
        {
            Arm(_upstreamEnded ? TunnelTail : TunnelIdle, _upstreamEnded ? FailureReason.None : FailureReason.TunnelIdle);
        }
    }

    private void EndTunnel(FailureReason reason)
    {
        GiveUpUpstream(UpstreamEnd.Close, reason);
        EndRecord(reason);
        CloseClient(ClientEnd.Close);
    }

    // The sides answer the close frame by ending; whoever does not is cut with the rest.
    private void DrainTunnel(TimeSpan after)
    {
        if (_webSocket is not { Leaves: false } course)
        {
            return;
        }

        if (after > TimeSpan.Zero)
        {
            course.LeavesAt = services.NowTicks + after.Ticks;
            ArmTunnel();
            return;
        }

        course.LeavesAt = 0;
        course.Leaves = true;
        if (course.Down.IsBetween && !course.SaidCloseDown)
        {
            SayGoingAway(course, toClient: true);
        }

        if (course.Up.IsBetween && !course.SaidCloseUp)
        {
            SayGoingAway(course, toClient: false);
        }
    }

    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> head)
    {
        // Written by ourselves, so in one form; the name may be in any case, as the client wrote it.
        ReadOnlySpan<byte> name = "\r\nSec-WebSocket-Key: "u8;
        for (var at = 0; at + name.Length + WebSocketHandshake.KeyLength <= head.Length;)
        {
            var line = head[at..].IndexOf("\r\n"u8);
            if (line < 0 || at + line + name.Length + WebSocketHandshake.KeyLength > head.Length)
            {
                break;
            }

            at += line;
            if (Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                return head.Slice(at + name.Length, WebSocketHandshake.KeyLength);
            }

            at += 2;
        }

        return default;
    }
}
