using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Forwarding;

/// <summary>The client's body on its way to the service: each piece is passed on and flushed as it is read; nothing is kept.</summary>
internal sealed class RequestBody(HttpRequest request, ExchangeDeadline deadline, TimeSpan idle, TimeSpan answer, RequestRecord record) : HttpContent
{
    // Written by the sending task, read after it has ended.
    private volatile int _failure;
    private volatile bool _started;
    private volatile bool _sent;

    /// <summary>True once the connection asked for the body: from here on the request has been sent, wholly or in part.</summary>
    public bool Started => _started;

    /// <summary>True once the whole body has been sent.</summary>
    public bool Sent => _sent;

    /// <summary>What went wrong on the client's side of the body; None when nothing did.</summary>
    public FailureReason ClientFailure => (FailureReason)_failure;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _started = true;

        // 1. The head goes out at once, so that a service can refuse before the body is there.
        await stream.FlushAsync(cancellationToken);

        // 2. Piece by piece. Waiting for the client and waiting for the service share one idle time.
        var reader = request.BodyReader;
        while (true)
        {
            deadline.Arm(idle, FailureReason.ClientBodyTimedOut);
            var piece = await ReadAsync(reader, cancellationToken);
            foreach (var segment in piece.Buffer)
            {
                await stream.WriteAsync(segment, cancellationToken);
            }

            record.BytesIn += piece.Buffer.Length;
            reader.AdvanceTo(piece.Buffer.End);
            await stream.FlushAsync(cancellationToken);
            if (piece.IsCompleted)
            {
                break;
            }
        }

        // 3. Now it is the service's turn.
        _sent = true;
        deadline.Arm(answer, FailureReason.UpstreamHeadTimedOut);
    }

    // Framing is the gateway's: with Content-Length the header is copied, otherwise the body is chunked.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(System.IO.Pipelines.PipeReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation);
        }
        catch (BadHttpRequestException e)
        {
            _failure = (int)(e.StatusCode == StatusCodes.Status408RequestTimeout ? FailureReason.ClientBodyTimedOut : FailureReason.ClientBodyInvalid);
            throw;
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException)
        {
            _failure = (int)FailureReason.ClientGone;
            throw;
        }
        catch (IOException)
        {
            // The server says some framing errors (a chunk size that overflows) with a plain IOException.
            _failure = (int)FailureReason.ClientBodyInvalid;
            throw;
        }
    }
}
