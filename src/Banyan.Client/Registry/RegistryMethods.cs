using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;

namespace Banyan.Client.Registry;

/// <summary>The methods of <c>banyan.registry.v1</c>.</summary>
internal static class RegistryMethods
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Registrar =
        RegistryReflection.Descriptor.Services.Single(s => s.Name == "InstanceRegistrar");

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Directory =
        RegistryReflection.Descriptor.Services.Single(s => s.Name == "InstanceDirectory");

    public static readonly GrpcMethod<RegisterRequest, RegisterResponse> Register = GrpcMethod.Unary<RegisterRequest, RegisterResponse>(Registrar, "Register");
    public static readonly GrpcMethod<HeartbeatRequest, HeartbeatResponse> Heartbeat = GrpcMethod.Unary<HeartbeatRequest, HeartbeatResponse>(Registrar, "Heartbeat");
    public static readonly GrpcMethod<DrainRequest, DrainResponse> Drain = GrpcMethod.Unary<DrainRequest, DrainResponse>(Registrar, "Drain");
    public static readonly GrpcMethod<DeregisterRequest, DeregisterResponse> Deregister = GrpcMethod.Unary<DeregisterRequest, DeregisterResponse>(Registrar, "Deregister");
    public static readonly GrpcMethod<LookupRequest, LookupResponse> Lookup = GrpcMethod.Unary<LookupRequest, LookupResponse>(Directory, "Lookup");
    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = GrpcMethod.ServerStreaming<WatchRequest, WatchResponse>(Directory, "Watch");
}
