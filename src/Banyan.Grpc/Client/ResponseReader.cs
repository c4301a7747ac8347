using Google.Protobuf;

namespace Banyan.Grpc.Client;

/// <summary>Reads a stream of responses, waiting for the response headers first.</summary>
internal sealed class ResponseReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, Task started) : IGrpcReader<TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public async ValueTask<TResponse?> ReadAsync(CancellationToken cancellation = default)
    {
        // A reader that gives up ends the call: half a message cannot be left in the stream.
        using var registration = cancellation.CanBeCanceled && cancellation != call.Cancellation
            ? cancellation.UnsafeRegister(static c => ((ClientCall<TRequest, TResponse>)c!).Dispose(), call)
            : default;
        try
        {
            await started;
            return await call.ReadAsync();
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("Reading the responses was cancelled.", cancellation);
        }
    }

    public async IAsyncEnumerator<TResponse> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken) is { } message)
        {
            yield return message;
        }
    }
}
