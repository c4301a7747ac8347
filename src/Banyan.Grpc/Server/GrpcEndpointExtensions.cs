using Banyan.Grpc.Protocol;
using Banyan.Grpc.Server;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Grpc;

/// <summary>Maps gRPC services as endpoints.</summary>
public static class GrpcEndpointExtensions
{
    private static readonly HttpMethodMetadata Post = new([HttpMethods.Post]);

    /// <summary>
    /// Maps a service: one endpoint a method at <c>/package.Service/Method</c>. The result takes conventions for all of them, such as <c>RequireHost</c> or
    /// <c>RequireAuthorization</c>. Calls to methods without a handler, and to services nobody mapped, answer UNIMPLEMENTED.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcService(this IEndpointRouteBuilder endpoints, GrpcService service)
    {
        var services = endpoints.ServiceProvider.GetService<GrpcServices>()
            ?? throw new InvalidOperationException("The gRPC server is not added. Call services.AddBanyanGrpc() before MapGrpcService.");
        services.Add(service.Descriptor);
        var name = service.Descriptor.FullName;
        var builders = new List<IEndpointConventionBuilder>();
        foreach (var handler in service.Handlers)
        {
            builders.Add(Map(endpoints, RoutePatternFactory.Parse(handler.Method.Path), handler.Bind(services), $"gRPC {handler.Method.FullName}", handler.Method.Descriptor));
        }

        builders.Add(Map(
            endpoints,
            RoutePatternFactory.Parse($"/{name}/{{method}}", defaults: null, parameterPolicies: new { method = GrpcRequestConstraint.Instance }),
            http => Unimplemented(http, $"Service '{name}' has no method of this name here."),
            $"gRPC {name} unimplemented method"));
        if (services.ClaimFallback())
        {
            Map(
                endpoints,
                RoutePatternFactory.Parse("/{service}/{method}", defaults: null, parameterPolicies: new { service = GrpcRequestConstraint.Instance }),
                http => Unimplemented(http, "This server has no service of this name."),
                "gRPC unimplemented service");
        }

        return new GrpcConventions(builders);
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, RoutePattern pattern, RequestDelegate handler, string displayName, MethodDescriptor? method = null)
    {
        var builder = endpoints.Map(pattern, handler).WithDisplayName(displayName).WithMetadata(Post);
        return method is null ? builder : builder.WithMetadata(method);
    }

    private static Task Unimplemented(HttpContext http, string detail)
    {
        if (ServerCall.IsGrpc(http))
        {
            ServerCall.Finish(http, new GrpcStatus(StatusCode.Unimplemented, detail), context: null);
        }

        return Task.CompletedTask;
    }

    /// <summary>Lets a fallback match gRPC calls only, so that it takes nothing away from other endpoints.</summary>
    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public static readonly GrpcRequestConstraint Instance = new();

        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && GrpcHeaders.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
