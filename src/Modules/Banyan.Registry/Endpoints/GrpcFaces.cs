using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;

namespace Banyan.Registry.Endpoints;

/// <summary>The registry over gRPC: <c>banyan.registry.v1</c>.</summary>
internal static class GrpcFaces
{
    public static GrpcService Registrar(RegistryService registry)
    {
        var service = RegistryReflection.Descriptor.Services.Single(s => s.Name == "InstanceRegistrar");
        return new GrpcService(service)
            .Unary(GrpcMethod.Unary<RegisterRequest, RegisterResponse>(service, "Register"), async (request, call) =>
            {
                RegistryAccess.RequireWrite(call.HttpContext, request.Instance?.Domain, request.Instance?.Service);
                return await registry.RegisterAsync(request, call.Cancellation);
            })
            .Unary(GrpcMethod.Unary<HeartbeatRequest, HeartbeatResponse>(service, "Heartbeat"), async (request, call) =>
            {
                RegistryAccess.RequireWrite(call.HttpContext, request.Key?.Domain, request.Key?.Service);
                return await registry.HeartbeatAsync(request, call.Cancellation);
            })
            .Unary(GrpcMethod.Unary<DrainRequest, DrainResponse>(service, "Drain"), async (request, call) =>
            {
                RegistryAccess.RequireWrite(call.HttpContext, request.Key?.Domain, request.Key?.Service);
                request.Requester = RegistryAccess.RequesterOf(call.HttpContext, request.Requester);
                return await registry.DrainAsync(request, call.Cancellation);
            })
            .Unary(GrpcMethod.Unary<DeregisterRequest, DeregisterResponse>(service, "Deregister"), async (request, call) =>
            {
                RegistryAccess.RequireWrite(call.HttpContext, request.Key?.Domain, request.Key?.Service);
                request.Requester = RegistryAccess.RequesterOf(call.HttpContext, request.Requester);
                return await registry.DeregisterAsync(request, call.Cancellation);
            });
    }

    public static GrpcService Directory(RegistryService registry)
    {
        var service = RegistryReflection.Descriptor.Services.Single(s => s.Name == "InstanceDirectory");
        return new GrpcService(service)
            .Unary(GrpcMethod.Unary<LookupRequest, LookupResponse>(service, "Lookup"), async (request, call) =>
            {
                RegistryAccess.RequireRead(call.HttpContext, request.Domain);
                return await registry.LookupAsync(request, call.Cancellation);
            })
            .ServerStreaming(GrpcMethod.ServerStreaming<WatchRequest, WatchResponse>(service, "Watch"), async (request, writer, call) =>
            {
                RegistryAccess.RequireRead(call.HttpContext, request.Domain);
                await foreach (var frame in registry.FramesAsync(request, call.Cancellation))
                {
                    await writer.WriteRawAsync(frame.Wire, call.Cancellation);
                }
            });
    }
}
