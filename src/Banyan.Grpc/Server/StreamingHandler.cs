using Banyan.Grpc.Framing;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Banyan.Grpc.Server;

/// <summary>Answers the calls of a method with a stream on one side or both.</summary>
/// <param name="method">The method.</param>
/// <param name="run">Reads the requests, calls the user's handler, writes the responses.</param>
internal sealed class StreamingHandler<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    Func<PipeMessageReader<TRequest>, ResponseWriter<TResponse>, GrpcServerContext, Task> run) : MethodHandler(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>The one request of a call that has one.</summary>
    public static async ValueTask<TRequest> ReadSingleAsync(PipeMessageReader<TRequest> reader)
    {
        var request = await reader.ReadAsync() ?? throw NoRequest();
        return await reader.ReadAsync() is null ? request : throw ManyRequests();
    }

    protected override async Task InvokeAsync(HttpContext http, GrpcServices services, MessageEncoder plain)
    {
        if (ServerCall.Begin(http, services, Method, out var gzip) is not { } context)
        {
            return;
        }

        GrpcStatus status;
        try
        {
            var decoder = new MessageDecoder<TRequest>(method.RequestParser, services.Options.MaxReceiveMessageSize, gzip);
            var reader = new PipeMessageReader<TRequest>(http.Request.BodyReader, decoder, context.TransportCancellation);
            var writer = new ResponseWriter<TResponse>(context, ServerCall.EncoderFor(http, services.Options, plain));
            await run(reader, writer, context);
            status = context.FinalStatus;
        }
        catch (Exception e)
        {
            status = ServerCall.ToStatus(e, context, services.Logger);
        }

        ServerCall.Finish(http, status, context);
        context.Release();
    }
}
