using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Http;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Registry.Endpoints;

/// <summary>Who may do what: an administrator everything; a reader reads; a service credential registers its own service, and reads one domain at a time.</summary>
internal static class RegistryAccess
{
    public static readonly ActorRole[] Readers = [ActorRole.Reader, ActorRole.Service, ActorRole.Administrator, ActorRole.System];
    public static readonly ActorRole[] Writers = [ActorRole.Service, ActorRole.Administrator, ActorRole.System];

    public static void RequireWrite(HttpContext http, string? domain, string? service)
    {
        var actor = http.GetActor();
        var allowed = actor.Role switch
        {
            ActorRole.Administrator or ActorRole.System => true,
            ActorRole.Service => actor.Domain == domain && actor.Service == service,
            _ => false,
        };
        if (!allowed)
        {
            var scope = actor.Role == ActorRole.Service ? $"registers service '{actor.Service}' in domain '{actor.Domain}' only" : "registers nothing";
            throw new BanyanException(
                RegistryErrors.Forbidden,
                $"Credential '{actor.Name}' {scope}; this is service '{service}' in domain '{domain}'. Use a credential of that service, or an administrator's.");
        }
    }

    /// <summary>The person behind a call, for the audit log; null when an instance speaks for itself.</summary>
    /// <param name="http">The call.</param>
    /// <param name="told">Whom the caller says it acts for. Both names are kept: nobody can hide behind another's.</param>
    public static Requester? RequesterOf(HttpContext http, Requester? told)
    {
        var actor = http.GetActor();
        return actor.Role is not (ActorRole.Administrator or ActorRole.System) ? null
            : told is { Name.Length: > 0 } && told.Name != actor.Name ? new Requester { Name = $"{told.Name} (through {actor.Name})", Address = told.Address }
            : new Requester { Name = actor.Name, Address = actor.Address };
    }

    public static void RequireRead(HttpContext http, string domain)
    {
        var actor = http.GetActor();
        if (actor.Role == ActorRole.Service && domain.Length == 0)
        {
            throw new BanyanException(RegistryErrors.Forbidden, $"Credential '{actor.Name}' reads one domain at a time. Name the domain.");
        }
    }
}
