using Banyan.Gateway.Failures;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.WebSockets;

namespace Banyan.Gateway.Exchanges;

/// <summary>What is refused, or answered here, before a route is looked for.</summary>
internal sealed class Admission(GatewayIdentity identity)
{
    private readonly byte[] _pseudonym = System.Text.Encoding.ASCII.GetBytes(identity.Pseudonym);

    /// <summary>Says why a request is not taken; None when it is.</summary>
    public Failure Refuse(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        if (head.Method is KnownMethod.Connect or KnownMethod.Trace)
        {
            var method = head.Method == KnownMethod.Connect ? "CONNECT" : "TRACE";
            return new Failure(FailureReason.ClientMethodRefused, $"{method} is not served: this is a gateway to services, not a proxy to anywhere.");
        }

        if (ViaField.Names(bytes, head.Fields, _pseudonym))
        {
            return new Failure(FailureReason.ClientLoop, "A service sent the request back to the gateway it came from. Check what the service is configured to call.");
        }

        // A service that takes less than RFC 6455 section 4.1 asks for would open a tunnel to a client that never meant one.
        return WebSocketHandshake.IsAsked(bytes, head) && !WebSocketHandshake.IsValid(bytes, head)
            ? new Failure(FailureReason.ClientUpgradeRefused, "The request for WebSocket must be GET with one Sec-WebSocket-Key of 16 bytes and Sec-WebSocket-Version 13.")
            : Failure.None;
    }

    /// <summary>True for questions about the gateway itself: <c>OPTIONS *</c>, and OPTIONS that may go no further (RFC 9110 sections 9.3.7 and 7.6.2).</summary>
    public static bool AnswersItself(ReadOnlySpan<byte> bytes, RequestHead head) =>
        head.Method == KnownMethod.Options
        && (head.TargetForm == TargetForm.Asterisk
            || (head.TargetForm == TargetForm.Absolute && head.Path.IsEmpty && !head.HasQuery)
            || (head.Fields.Has(FieldId.MaxForwards) && head.Fields.Value(bytes, FieldId.MaxForwards).SequenceEqual("0"u8)));
}
