using Banyan.Grpc.Client;
using Google.Protobuf;

namespace Banyan.Grpc;

/// <summary>A call with a stream of requests and one response. Disposing it before the server has ended it cancels it.</summary>
/// <typeparam name="TRequest">The request's message type.</typeparam>
/// <typeparam name="TResponse">The response's message type.</typeparam>
public sealed class GrpcClientStreamCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TRequest, TResponse> _call;
    private readonly RequestWriter<TRequest, TResponse> _writer;
    private readonly StreamingContent _content;
    private readonly Task<TResponse> _response;

    internal GrpcClientStreamCall(ClientCall<TRequest, TResponse> call, StreamingContent content, Framing.MessageEncoder encoder)
    {
        _call = call;
        _writer = new RequestWriter<TRequest, TResponse>(call, content, encoder);
        _content = content;
        _response = RunAsync();
        _writer.Outcome = _response;
    }

    /// <summary>The stream to the server.</summary>
    public IGrpcWriter<TRequest> Requests => _writer;

    /// <summary>The trailers; empty until the call has ended.</summary>
    public GrpcMetadata Trailers => _call.Trailers;

    /// <summary>Tells the server that no more requests come, and waits for the response.</summary>
    /// <exception cref="GrpcException">The call did not end with OK.</exception>
    public async Task<TResponse> CompleteAsync()
    {
        await _writer.CompleteAsync();
        return await _response;
    }

    /// <summary>Waits for the response without ending the stream of requests: a server may answer before it has seen all.</summary>
    /// <exception cref="GrpcException">The call did not end with OK.</exception>
    public Task<TResponse> ResponseAsync() => _response;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        _content.Complete();
        await ((Task)_response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.DisposeResponse();
    }

    private async Task<TResponse> RunAsync()
    {
        await GrpcDuplexCall<TRequest, TResponse>.StartAsync(_call, _content);
        return await _call.ReadSingleAsync();
    }
}
