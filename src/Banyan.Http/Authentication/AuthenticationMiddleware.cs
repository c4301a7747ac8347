using Banyan.Http.Problems;
using Banyan.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Http.Authentication;

/// <summary>
/// Finds out who calls, and lets only roles in that the endpoint names. Without a word of the endpoint: administrators may do all, readers may read over HTTP,
/// everybody else nothing. Nobody gets in without a credential unless the endpoint says <c>AllowAnonymous</c>.
/// </summary>
internal sealed class AuthenticationMiddleware(RequestDelegate next, ICredentials credentials)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var anonymous = endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var actor = anonymous && NothingSent(context) ? null : await FindActorAsync(context);
        if (actor is not null)
        {
            context.Features.Set(actor);
        }

        if (anonymous)
        {
            await next(context);
        }
        else if (actor is null)
        {
            await ProblemResponse.WriteAsync(
                context,
                HttpErrors.Unauthenticated,
                context.Request.Headers.Authorization.Count == 0
                    ? "There is no credential. Send 'Authorization: Bearer TOKEN'; the data directory's admin.token holds one."
                    : "The credential is not known. It may have been rotated or deleted; the data directory's admin.token holds the current one.");
        }
        else if (endpoint is not null && !IsAllowed(context, endpoint, actor))
        {
            await ProblemResponse.WriteAsync(
                context,
                HttpErrors.Forbidden,
                $"'{actor.Name}' has the role {actor.Role}, which may not call {context.Request.Method} {context.Request.Path}. Use another credential.");
        }
        else
        {
            await next(context);
        }
    }

    private static bool NothingSent(HttpContext context) => context.Request.Headers.Authorization.Count == 0 && context.Request.Headers.Cookie.Count == 0;

    private static bool IsAllowed(HttpContext context, Endpoint endpoint, Actor actor)
    {
        if (endpoint.Metadata.GetMetadata<RoleRequirement>() is { } requirement)
        {
            return requirement.Roles.Contains(actor.Role);
        }

        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return actor.Role == ActorRole.Administrator || (actor.Role == ActorRole.Reader && reads);
    }

    private async ValueTask<Actor?> FindActorAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            foreach (var source in context.RequestServices.GetServices<IActorSource>())
            {
                if (await source.FindAsync(context) is { } actor)
                {
                    return actor;
                }
            }

            return null;
        }

        const string scheme = "Bearer ";
        return header.Count == 1 && header[0] is { } value && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? await credentials.VerifyAsync(value[scheme.Length..].Trim(), context.Connection.RemoteIpAddress?.ToString() ?? string.Empty, context.RequestAborted)
            : null;
    }
}
