using Banyan.Grpc.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Banyan.Grpc;

/// <summary>The handlers of one gRPC service. Methods without a handler answer UNIMPLEMENTED. Map it with <c>endpoints.MapGrpcService(service)</c>.</summary>
/// <param name="descriptor">The service's descriptor, from the generated <c>…Reflection.Descriptor.Services</c>.</param>
public sealed class GrpcService(ServiceDescriptor descriptor)
{
    private readonly Dictionary<string, MethodHandler> _handlers = new(StringComparer.Ordinal);

    /// <summary>The service's descriptor.</summary>
    public ServiceDescriptor Descriptor { get; } = descriptor;

    internal IEnumerable<MethodHandler> Handlers => _handlers.Values;

    /// <summary>Handles a method with one request and one response.</summary>
    public GrpcService Unary<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcServerContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Add(method, GrpcMethodKind.Unary, new UnaryHandler<TRequest, TResponse>(method, handler));

    /// <summary>Handles a method with one request and many responses; the call ends when the handler does.</summary>
    public GrpcService ServerStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest, IGrpcWriter<TResponse>, GrpcServerContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Add(method, GrpcMethodKind.ServerStreaming, new StreamingHandler<TRequest, TResponse>(method, async (reader, writer, context) =>
        {
            var request = await StreamingHandler<TRequest, TResponse>.ReadSingleAsync(reader);
            await handler(request, writer, context);
        }));

    /// <summary>Handles a method with many requests and one response.</summary>
    public GrpcService ClientStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<IGrpcReader<TRequest>, GrpcServerContext, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Add(method, GrpcMethodKind.ClientStreaming, new StreamingHandler<TRequest, TResponse>(
            method, async (reader, writer, context) => await writer.WriteLastAsync(await handler(reader, context))));

    /// <summary>Handles a method with many requests and many responses; the call ends when the handler does.</summary>
    public GrpcService Duplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<IGrpcReader<TRequest>, IGrpcWriter<TResponse>, GrpcServerContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Add(method, GrpcMethodKind.DuplexStreaming, new StreamingHandler<TRequest, TResponse>(method, handler));

    private GrpcService Add(GrpcMethod method, GrpcMethodKind kind, MethodHandler handler)
    {
        if (method.Descriptor.Service.FullName != Descriptor.FullName)
        {
            throw new ArgumentException($"Method '{method.FullName}' does not belong to service '{Descriptor.FullName}'.", nameof(method));
        }

        if (method.Kind != kind)
        {
            throw new ArgumentException($"Method '{method.FullName}' is {method.Kind}, not {kind}. Use the registration of that kind.", nameof(method));
        }

        return _handlers.TryAdd(method.Descriptor.Name, handler)
            ? this
            : throw new ArgumentException($"Method '{method.FullName}' has a handler already.", nameof(method));
    }
}
