using Banyan.Grpc.Framing;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Banyan.Grpc.Server;

/// <summary>Answers the calls of a unary method. Reads, calls and writes in one method: these are most calls, and every wait in a method of its own would allocate.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcServerContext, Task<TResponse>> handler)
    : MethodHandler(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
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
            var pipe = http.Request.BodyReader;
            TRequest? request = null;
            bool completed;
            do
            {
                var result = await pipe.ReadAsync(context.TransportCancellation);
                var buffer = result.Buffer;
                if (request is null)
                {
                    PipeMessageReader<TRequest>.TryRead(ref buffer, decoder, out request);
                }

                completed = result.IsCompleted;
                var rest = !buffer.IsEmpty;
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (rest && (completed || request is not null))
                {
                    throw request is null ? Frame.Truncated() : ManyRequests();
                }
            }
            while (!completed);

            var response = await handler(request ?? throw NoRequest(), context);
            var encoder = ServerCall.EncoderFor(http, services.Options, plain);
            if (!http.Response.HasStarted)
            {
                context.WriteHeaders();
                await http.Response.StartAsync(context.TransportCancellation);
            }

            encoder.Write(http.Response.BodyWriter, response);
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
