using Banyan.Http.Authentication;
using Banyan.Http.Problems;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Banyan.Http;

/// <summary>Puts the conventions of the HTTP API in place.</summary>
public static class BanyanHttpExtensions
{
    /// <summary>Registers what the middleware needs, and the resource model; again is nothing.</summary>
    public static IServiceCollection AddBanyanHttp(this IServiceCollection services)
    {
        services.AddResources();
        services.AddMetrics();
        services.TryAddSingleton<HttpMetrics>();
        services.TryAddSingleton<StoreCredentials>();
        services.TryAddSingleton<ICredentials>(provider => provider.GetRequiredService<StoreCredentials>());
        services.TryAddSingleton<TokenFiles>();
        return services;
    }

    /// <summary>Everything, in order: metrics and problems, then authentication. After routing, before endpoints, on both ports.</summary>
    public static IApplicationBuilder UseBanyan(this IApplicationBuilder app) => app.UseBanyanProblems().UseBanyanAuthentication();

    /// <summary>Turns exceptions into problem details (gRPC: into a status) and counts requests.</summary>
    public static IApplicationBuilder UseBanyanProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();

    /// <summary>Finds out who calls and refuses who may not.</summary>
    public static IApplicationBuilder UseBanyanAuthentication(this IApplicationBuilder app) => app.UseMiddleware<AuthenticationMiddleware>();

    /// <summary>Names the roles that may call an endpoint.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, params ActorRole[] roles)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new RoleRequirement(roles));
        return endpoint;
    }
}
