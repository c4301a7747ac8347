using Banyan.Grpc;
using Banyan.Grpc.Health.V1;

namespace Banyan.Registry.Tests.Health;

/// <summary>A gRPC health service: the whole server serves, no single service does.</summary>
internal static class TinyHealth
{
    public static GrpcService Service
    {
        get
        {
            var descriptor = HealthReflection.Descriptor.Services[0];
            return new GrpcService(descriptor).Unary(
                GrpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(descriptor, "Check"),
                (request, _) => Task.FromResult(new HealthCheckResponse
                {
                    Status = request.Service.Length == 0
                        ? HealthCheckResponse.Types.ServingStatus.Serving
                        : HealthCheckResponse.Types.ServingStatus.NotServing,
                }));
        }
    }
}
