using Banyan.Grpc.Framing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Grpc.Server;

/// <summary>Answers the calls of one method.</summary>
internal abstract class MethodHandler(GrpcMethod method)
{
    public GrpcMethod Method { get; } = method;

    /// <summary>The request delegate of the method's endpoint.</summary>
    public RequestDelegate Bind(GrpcServices services)
    {
        var plain = new MessageEncoder(services.Options.MaxSendMessageSize, compressFrom: null);
        return http => InvokeAsync(http, services, plain);
    }

    protected abstract Task InvokeAsync(HttpContext http, GrpcServices services, MessageEncoder plain);

    protected static GrpcException NoRequest() => new(StatusCode.Unimplemented, "The call ended without its request message.");

    protected static GrpcException ManyRequests() => new(StatusCode.Unimplemented, "The call has more than one request message; the method takes one.");
}
