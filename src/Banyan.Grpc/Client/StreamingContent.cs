using System.Net;

namespace Banyan.Grpc.Client;

/// <summary>The body of a call with a stream of requests: open until the caller completes it.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Stream? _stream;
    private volatile bool _used;

    public StreamingContent() => Headers.ContentType = UnaryContent.GrpcContentType;

    /// <summary>The stream to write to, once the transport has opened it.</summary>
    public ValueTask<Stream> OpenAsync(CancellationToken cancellation)
    {
        _used = true;
        return _stream is { } stream ? new ValueTask<Stream>(stream) : new ValueTask<Stream>(WaitAsync(cancellation));
    }

    /// <summary>Ends the body.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>The call failed before the transport opened the stream.</summary>
    public void Fail(Exception error)
    {
        if (_opened.TrySetException(error))
        {
            _ = _opened.Task.Exception;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_stream is not null && _used)
        {
            throw new GrpcException(StatusCode.Unavailable, "The connection was lost after the first messages were sent; a stream cannot be sent again by itself.");
        }

        _stream = stream;

        // The head must reach the server before the first message: it may speak first.
        await stream.FlushAsync(cancellationToken);
        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task<Stream> WaitAsync(CancellationToken cancellation)
    {
        await _opened.Task.WaitAsync(cancellation);
        return _stream!;
    }
}
