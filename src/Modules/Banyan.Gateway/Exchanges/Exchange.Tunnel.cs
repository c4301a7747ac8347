using System.Text;
using Banyan.Gateway.Forwarding;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <content>After a change of protocol: bytes as they are, until both sides have ended.</content>
internal sealed partial class Exchange
{
    // 101 is taken only as the answer to this request's own wish (RFC 9110 section 15.2.2). Anything else would leave the two sides with different ideas of what follows.
    private void TakeSwitch(ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        var asked = _marks.Upgrade.Of(_block);
        if (asked.IsEmpty || !Ascii.EqualsIgnoreCase(head.Fields.Value(bytes, FieldId.Upgrade), asked))
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
        _phase = ExchangePhase.Tunnel;
        KeepText();
        Arm(_options.TunnelIdleTimeout, FailureReason.TunnelIdle);
    }

    private int TakeTunnelUp(ReadOnlySpan<byte> bytes)
    {
        _bytesIn += bytes.Length;
        transport.WriteUpstream(bytes);
        ArmTunnel();
        return bytes.Length;
    }

    private int TakeTunnelDown(ReadOnlySpan<byte> bytes)
    {
        _bytesOut += bytes.Length;
        transport.WriteClient(bytes);
        ArmTunnel();
        return bytes.Length;
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
    private void ArmTunnel() => Arm(_upstreamEnded ? TunnelTail : _options.TunnelIdleTimeout, _upstreamEnded ? FailureReason.None : FailureReason.TunnelIdle);

    private void EndTunnel(FailureReason reason)
    {
        GiveUpUpstream(UpstreamEnd.Close);
        EndRecord(reason);
        CloseClient(ClientEnd.Close);
    }

    private void DrainTunnel()
    {
    }
}
