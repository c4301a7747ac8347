using Banyan.Gateway.Failures;


namespace Banyan.Gateway.Clusters;

/// <summary>How one attempt at an instance ended.</summary>
/// <param name="Kind">What it says about the instance.</param>
/// <param name="Now">When it ended, in ticks of 100 ns.</param>
/// <param name="LatencyTicks">From sending to the head of the answer, in ticks of 100 ns; 0 = there was none.</param>
/// <param name="Detached">True after <see cref="Endpoint.Detach"/>.</param>
internal readonly record struct Outcome(OutcomeKind Kind, long Now, long LatencyTicks = 0, bool Detached = false)
{
    /// <summary>The kind of an answer by its status.</summary>
    public static OutcomeKind OfStatus(int status) => status switch
    {
        < 500 => OutcomeKind.Answered,
        503 => OutcomeKind.Unavailable,
        _ => OutcomeKind.ServerError,
    };

    /// <summary>The kind of a request's end: its failure's where the instance is at fault, else its answer's.</summary>
    /// <param name="reason">How the request ended.</param>
    /// <param name="status">The status of the answer's head; 0 = none came.</param>
    public static OutcomeKind Of(FailureReason reason, int status) => reason switch
    {
        FailureReason.UpstreamConnectRefused or FailureReason.UpstreamConnectFailed or FailureReason.UpstreamConnectTimedOut or FailureReason.UpstreamTlsFailed => OutcomeKind.ConnectFailed,
        FailureReason.UpstreamHeadTimedOut or FailureReason.UpstreamBodyTimedOut => OutcomeKind.TimedOut,
        FailureReason.UpstreamClosedInRequest or FailureReason.UpstreamClosedBeforeHead or FailureReason.UpstreamHeadInvalid
            or FailureReason.UpstreamUnaskedUpgrade or FailureReason.UpstreamBodyTruncated => OutcomeKind.Reset,
        _ => status == 0 ? OutcomeKind.Abandoned : OfStatus(status),
    };
}
