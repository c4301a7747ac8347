using Banyan.Gateway.Forwarding;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary><see cref="Admission"/> on bytes: what is refused, or answered here, before a route is looked for.</summary>
internal sealed class ByteAdmission(GatewayIdentity identity)
{
    private readonly byte[] _pseudonym = System.Text.Encoding.ASCII.GetBytes(identity.Pseudonym);

    /// <summary>Says why a request is not taken; None when it is.</summary>
    public Failure Refuse(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        if (head.Method is KnownMethod.Connect or KnownMethod.Trace)
        {
            return Admission.MethodRefused(head.Method == KnownMethod.Connect ? "CONNECT" : "TRACE");
        }

        var fields = head.Fields;
        for (var i = fields.Find(FieldId.Via); i >= 0; i = fields.Find(FieldId.Via, i + 1))
        {
            if (fields[i].Value.Of(bytes).IndexOf(_pseudonym) >= 0)
            {
                return Admission.Loop;
            }
        }

        return Failure.None;
    }

    /// <summary>True for questions about the gateway itself: <c>OPTIONS *</c>, and OPTIONS that may go no further (RFC 9110 sections 9.3.7 and 7.6.2).</summary>
    public static bool AnswersItself(ReadOnlySpan<byte> bytes, RequestHead head) =>
        head.Method == KnownMethod.Options
        && (head.TargetForm == TargetForm.Asterisk
            || (head.TargetForm == TargetForm.Absolute && head.Path.IsEmpty && !head.HasQuery)
            || (head.Fields.Has(FieldId.MaxForwards) && head.Fields.Value(bytes, FieldId.MaxForwards).SequenceEqual("0"u8)));
}
