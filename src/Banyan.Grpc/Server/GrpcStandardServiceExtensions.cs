using Banyan.Grpc.Health;
using Banyan.Grpc.Reflection;
using Banyan.Grpc.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Grpc;

/// <summary>Maps the services that gRPC tools expect of every server.</summary>
public static class GrpcStandardServiceExtensions
{
    /// <summary>Maps <c>grpc.health.v1.Health</c>, which tells the host's <see cref="GrpcHealth"/>.</summary>
    public static IEndpointConventionBuilder MapGrpcHealth(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService(new GrpcHealthService(endpoints.ServiceProvider.GetRequiredService<GrpcHealth>()).Build());

    /// <summary>Maps server reflection (v1 and v1alpha), which lists and describes every service mapped in this host.</summary>
    public static IEndpointConventionBuilder MapGrpcReflection(this IEndpointRouteBuilder endpoints)
    {
        var reflection = new GrpcReflectionService(endpoints.ServiceProvider.GetRequiredService<GrpcServices>());
        return new GrpcConventions([endpoints.MapGrpcService(reflection.BuildV1()), endpoints.MapGrpcService(reflection.BuildV1Alpha())]);
    }
}
