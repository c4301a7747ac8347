using Banyan.Grpc;
using Banyan.Test.V1;
using Google.Protobuf.Reflection;

namespace Banyan.Testing.Echo;

/// <summary>The methods of the echo service.</summary>
internal static class EchoMethods
{
    public static readonly ServiceDescriptor Service = EchoReflection.Descriptor.Services.Single();
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Say = GrpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Say");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Repeat = GrpcMethod.ServerStreaming<EchoRequest, EchoResponse>(Service, "Repeat");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Collect = GrpcMethod.ClientStreaming<EchoRequest, EchoResponse>(Service, "Collect");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Chat = GrpcMethod.Duplex<EchoRequest, EchoResponse>(Service, "Chat");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Fail = GrpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Fail");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Hang = GrpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Hang");
    public static readonly GrpcMethod<EchoRequest, EchoResponse> Missing = GrpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Missing");
}
