namespace Banyan.Gateway.Forwarding;

/// <summary>No connection could be opened: the proof that nothing of a request has been sent. Thrown only by <see cref="UpstreamTransport"/>.</summary>
internal sealed class UpstreamConnectException(FailureReason reason, string message, Exception inner) : IOException(message, inner)
{
    public FailureReason Reason { get; } = reason;
}
