using System.Collections.Concurrent;
using Banyan.Grpc;
using Banyan.Test.V1;

namespace Banyan.Testing.Echo;

/// <summary>The echo service on our wire. Remembers how its calls ended, so that tests can see what reached the server.</summary>
internal sealed class EchoService
{
    private int _started;

    /// <summary>Calls that reached a handler.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Names of the methods whose call was cancelled under them.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    /// <summary>When set, Say waits for it before it answers.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>What Fail throws; null: the status of the request.</summary>
    public Func<EchoRequest, Exception>? Failure { get; set; }

    public GrpcService Build() => new GrpcService(EchoMethods.Service)
        .Unary(EchoMethods.Say, SayAsync)
        .ServerStreaming(EchoMethods.Repeat, (request, responses, context) => Watched("Repeat", context, () => RepeatAsync(request, responses, context)))
        .ClientStreaming(EchoMethods.Collect, CollectAsync)
        .Duplex(EchoMethods.Chat, (requests, responses, context) => Watched("Chat", context, () => ChatAsync(requests, responses, context)))
        .Unary(EchoMethods.Fail, (request, context) => FailAsync(request, context))
        .Unary(EchoMethods.Hang, HangAsync);

    private static EchoResponse Answer(EchoRequest request, int index = 0) => new() { Text = request.Text, Payload = request.Payload, Index = index };

    private static async Task RepeatAsync(EchoRequest request, IGrpcWriter<EchoResponse> responses, GrpcServerContext context)
    {
        context.ResponseTrailers.Add("x-kind", "repeat");
        for (var i = 0; request.Times == 0 || i < request.Times; i++)
        {
            await responses.WriteAsync(Answer(request, i), context.Cancellation);
            if (request.Times == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, context.Cancellation);
            }
        }
    }

    private static async Task ChatAsync(IGrpcReader<EchoRequest> requests, IGrpcWriter<EchoResponse> responses, GrpcServerContext context)
    {
        var index = 0;
        await foreach (var request in requests)
        {
            await responses.WriteAsync(Answer(request, index++), context.Cancellation);
        }
    }

    private async Task<EchoResponse> SayAsync(EchoRequest request, GrpcServerContext context)
    {
        Interlocked.Increment(ref _started);
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(context.Cancellation);
        }

        foreach (var entry in context.RequestMetadata.Where(e => e.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            if (entry.IsBinary)
            {
                context.ResponseHeaders.Add(entry.Key, entry.Bytes);
                context.ResponseTrailers.Add(entry.Key[..^4] + "-trailer-bin", entry.Bytes);
            }
            else
            {
                context.ResponseHeaders.Add(entry.Key, entry.Value);
                context.ResponseTrailers.Add(entry.Key + "-trailer", entry.Value);
            }
        }

        return Answer(request);
    }

    private async Task<EchoResponse> CollectAsync(IGrpcReader<EchoRequest> requests, GrpcServerContext context)
    {
        Interlocked.Increment(ref _started);
        var texts = new List<string>();
        await foreach (var request in requests)
        {
            if (request.Code != 0)
            {
                throw new GrpcException((StatusCode)request.Code, request.Text);
            }

            texts.Add(request.Text);
        }

        return new EchoResponse { Text = string.Join(",", texts), Index = texts.Count };
    }

    private Task<EchoResponse> FailAsync(EchoRequest request, GrpcServerContext context)
    {
        context.ResponseTrailers.Add("x-why", "asked");
        throw Failure?.Invoke(request) ?? new GrpcException((StatusCode)request.Code, request.Text);
    }

    private async Task<EchoResponse> HangAsync(EchoRequest request, GrpcServerContext context)
    {
        await Watched("Hang", context, () => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Cancellation));
        return Answer(request);
    }

    private async Task Watched(string name, GrpcServerContext context, Func<Task> run)
    {
        Interlocked.Increment(ref _started);
        try
        {
            await run();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // A write may learn that the caller is gone a moment before the token says so.
            Cancelled.Enqueue(name);
            throw;
        }
    }
}
