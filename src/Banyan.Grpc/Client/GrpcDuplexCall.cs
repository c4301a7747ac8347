using Banyan.Grpc.Client;
using Google.Protobuf;

namespace Banyan.Grpc;

/// <summary>A call with two independent streams. Disposing it before the server has ended it cancels it.</summary>
/// <typeparam name="TRequest">The request's message type.</typeparam>
/// <typeparam name="TResponse">The response's message type.</typeparam>
public sealed class GrpcDuplexCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TRequest, TResponse> _call;
    private readonly RequestWriter<TRequest, TResponse> _writer;
    private readonly StreamingContent _content;
    private readonly Task _started;

    internal GrpcDuplexCall(ClientCall<TRequest, TResponse> call, StreamingContent content, Framing.MessageEncoder encoder)
    {
        _call = call;
        _writer = new RequestWriter<TRequest, TResponse>(call, content, encoder);
        _content = content;
        _started = StartAsync(call, content);
        Responses = new ResponseReader<TRequest, TResponse>(call, _started);
    }

    /// <summary>The stream to the server.</summary>
    public IGrpcWriter<TRequest> Requests => _writer;

    /// <summary>The stream from the server. Reading past its last message throws when the call did not end with OK.</summary>
    public IGrpcReader<TResponse> Responses { get; }

    /// <summary>The trailers; empty until the call has ended.</summary>
    public GrpcMetadata Trailers => _call.Trailers;

    /// <summary>Waits for the response headers.</summary>
    /// <exception cref="GrpcException">The call failed before they came.</exception>
    public async Task<GrpcMetadata> ResponseHeadersAsync()
    {
        await _started;
        return _call.Headers;
    }

    /// <summary>Tells the server that no more requests come. Responses may still come.</summary>
    public ValueTask CompleteRequestsAsync() => _writer.CompleteAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        _content.Complete();
        await _started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.DisposeResponse();
    }

    internal static async Task StartAsync(ClientCall<TRequest, TResponse> call, StreamingContent content)
    {
        try
        {
            await call.StartAsync(content);
        }
        catch (Exception e)
        {
            content.Fail(e);
            throw;
        }
    }
}
