using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Banyan.Grpc;

/// <summary>A method of a gRPC service, known by its descriptor. Make one a method of a service and keep it in a static field.</summary>
public abstract class GrpcMethod
{
    private protected GrpcMethod(MethodDescriptor descriptor, GrpcMethodKind kind)
    {
        Descriptor = descriptor;
        Kind = kind;
        Path = $"/{descriptor.Service.FullName}/{descriptor.Name}";
    }

    /// <summary>The method's descriptor.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>Which sides are streams.</summary>
    public GrpcMethodKind Kind { get; }

    /// <summary>The full name as it stands in the request's path, with a leading slash: <c>/banyan.registry.v1.Registry/Watch</c>.</summary>
    public string Path { get; }

    /// <summary>The full name: <c>banyan.registry.v1.Registry/Watch</c>.</summary>
    public string FullName => Path[1..];

    /// <summary>A method with one request and one response.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or its types or streaming kind differ.</exception>
    public static GrpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(ServiceDescriptor service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Find<TRequest, TResponse>(service, method, GrpcMethodKind.Unary);

    /// <summary>A method with many requests and one response.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or its types or streaming kind differ.</exception>
    public static GrpcMethod<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(ServiceDescriptor service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Find<TRequest, TResponse>(service, method, GrpcMethodKind.ClientStreaming);

    /// <summary>A method with one request and many responses.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or its types or streaming kind differ.</exception>
    public static GrpcMethod<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(ServiceDescriptor service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Find<TRequest, TResponse>(service, method, GrpcMethodKind.ServerStreaming);

    /// <summary>A method with many requests and many responses.</summary>
    /// <exception cref="ArgumentException">The service has no such method, or its types or streaming kind differ.</exception>
    public static GrpcMethod<TRequest, TResponse> Duplex<TRequest, TResponse>(ServiceDescriptor service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Find<TRequest, TResponse>(service, method, GrpcMethodKind.DuplexStreaming);

    /// <inheritdoc/>
    public override string ToString() => FullName;

    private static GrpcMethod<TRequest, TResponse> Find<TRequest, TResponse>(ServiceDescriptor service, string method, GrpcMethodKind kind)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var descriptor = service.FindMethodByName(method) ?? throw new ArgumentException(
            $"Service '{service.FullName}' has no method '{method}'. It has: {string.Join(", ", service.Methods.Select(m => m.Name))}.", nameof(method));
        Check(descriptor, "request", descriptor.InputType, typeof(TRequest));
        Check(descriptor, "response", descriptor.OutputType, typeof(TResponse));
        var actual = (descriptor.IsClientStreaming, descriptor.IsServerStreaming) switch
        {
            (false, false) => GrpcMethodKind.Unary,
            (true, false) => GrpcMethodKind.ClientStreaming,
            (false, true) => GrpcMethodKind.ServerStreaming,
            _ => GrpcMethodKind.DuplexStreaming,
        };
        return actual == kind
            ? new GrpcMethod<TRequest, TResponse>(descriptor, kind)
            : throw new ArgumentException($"Method '{descriptor.FullName}' is {actual}, not {kind}. Use the factory of that kind.", nameof(method));
    }

    private static void Check(MethodDescriptor method, string role, MessageDescriptor declared, Type used)
    {
        if (declared.ClrType != used)
        {
            throw new ArgumentException(
                $"Method '{method.FullName}' has the {role} type '{declared.FullName}' ({declared.ClrType.FullName}), not {used.FullName}. Use the declared type.",
                nameof(method));
        }
    }
}

/// <summary>A method of a gRPC service with its message types.</summary>
/// <typeparam name="TRequest">The request's message type.</typeparam>
/// <typeparam name="TResponse">The response's message type.</typeparam>
public sealed class GrpcMethod<TRequest, TResponse> : GrpcMethod
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    internal GrpcMethod(MethodDescriptor descriptor, GrpcMethodKind kind)
        : base(descriptor, kind)
    {
        RequestParser = (MessageParser<TRequest>)descriptor.InputType.Parser;
        ResponseParser = (MessageParser<TResponse>)descriptor.OutputType.Parser;
    }

    /// <summary>Reads requests.</summary>
    public MessageParser<TRequest> RequestParser { get; }

    /// <summary>Reads responses.</summary>
    public MessageParser<TResponse> ResponseParser { get; }
}
