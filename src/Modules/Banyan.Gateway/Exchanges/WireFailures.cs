using Banyan.Gateway.Failures;
using Banyan.Wire;

namespace Banyan.Gateway.Exchanges;

/// <summary>What the parser's faults are called here.</summary>
internal static class WireFailures
{
    /// <summary>The failure that a request's head ends in.</summary>
    public static Failure Of(WireFault fault)
    {
        var text = WireFaults.Describe(fault);
        var reason = fault switch
        {
            WireFault.FramingConflict or WireFault.ContentLengthRepeated or WireFault.ContentLengthInvalid or WireFault.TransferCodingInvalid or WireFault.TransferCodingInHttp10 =>
                FailureReason.ClientFramingRefused,
            WireFault.TargetInvalid or WireFault.TargetFragment or WireFault.TargetFormInvalid or WireFault.TargetSchemeUnknown or WireFault.TargetAuthorityInvalid =>
                FailureReason.ClientTargetRefused,
            _ => text.Status switch
            {
                414 => FailureReason.ClientTargetTooLong,
                417 => FailureReason.ClientExpectationRefused,
                431 => FailureReason.ClientHeadTooLarge,
                501 => FailureReason.ClientCodingUnknown,
                505 => FailureReason.ClientVersionRefused,
                _ => FailureReason.ClientHeadInvalid,
            },
        };
        return new Failure(reason, text.Words);
    }

    /// <summary>The failure that a request's body ends in.</summary>
    public static Failure OfBody(WireFault fault)
    {
        var text = WireFaults.Describe(fault);
        return new Failure(text.Status == 431 ? FailureReason.ClientHeadTooLarge : FailureReason.ClientBodyInvalid, text.Words);
    }
}
