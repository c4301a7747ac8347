using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Forwarding;

/// <summary>Passes the service's body to the client, flushing every piece, so that an event is never held back. Memory per request: one piece.</summary>
internal static class BodyRelay
{
    private const int Piece = 16 * 1024;

    public static async ValueTask<Failure> CopyAsync(Stream from, HttpResponse to, ExchangeDeadline deadline, TimeSpan idle, RequestRecord record)
    {
        var writer = to.BodyWriter;
        while (true)
        {
            int read;
            deadline.Arm(idle, FailureReason.UpstreamBodyTimedOut);
            try
            {
                // A read of nothing waits for bytes without holding a buffer; before a wait everything written so far, the head too, is sent.
                var waiting = from.ReadAsync(Memory<byte>.Empty, deadline.Token);
                if (!waiting.IsCompleted)
                {
                    await writer.FlushAsync(deadline.Token);
                }

                await waiting;
                read = await from.ReadAsync(writer.GetMemory(Piece), deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.Reason != FailureReason.None)
            {
                return new Failure(InAnswer(deadline.Reason));
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                return deadline.Reason == FailureReason.ClientGone
                    ? new Failure(FailureReason.ClientGoneInAnswer)
                    : new Failure(FailureReason.UpstreamBodyTruncated, e.Message);
            }

            if (read == 0)
            {
                return Failure.None;
            }

            writer.Advance(read);
            record.BytesOut += read;
            try
            {
                var flushed = await writer.FlushAsync(deadline.Token);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return new Failure(NotTaken(deadline));
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                return new Failure(NotTaken(deadline));
            }
        }
    }

    // Why a piece did not get to the client: the answer's whole time is over, the client takes nothing, or it is gone.
    private static FailureReason NotTaken(ExchangeDeadline deadline) =>
        deadline.Reason is FailureReason.None or FailureReason.ClientGone ? FailureReason.ClientGoneInAnswer
        : deadline.IsTotalOver ? FailureReason.UpstreamBodyTimedOut
        : FailureReason.ClientReadTimedOut;

    private static FailureReason InAnswer(FailureReason reason) => reason == FailureReason.ClientGone ? FailureReason.ClientGoneInAnswer : reason;
}
