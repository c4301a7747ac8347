using Banyan.Contracts;
using Banyan.Http;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Api.Endpoints;

/// <summary>What the address of a request names, with the caller's right to it checked.</summary>
internal readonly record struct ResourceAddress(ResourceKind Kind, string? Domain, string? Name)
{
    public ResourceName FullName => new(Domain, Name!);

    /// <exception cref="BanyanException">resources/unknown-kind, api/wrong-scope, resources/forbidden.</exception>
    public static ResourceAddress Read(HttpContext context, IResources resources, ResourceVerb verb)
    {
        var values = context.Request.RouteValues;
        var kind = resources.Kinds.Get((string)values["plural"]!);
        var address = new ResourceAddress(kind, (string?)values.GetValueOrDefault("domain"), (string?)values.GetValueOrDefault("name"));
        if (kind.Scope == KindScope.Cluster && address.Domain is not null)
        {
            throw new BanyanException(ApiErrors.WrongScope, $"A {kind.Name} belongs to no domain. It is at '/api/v1/{kind.Plural}{(address.Name is null ? string.Empty : "/" + address.Name)}'.");
        }

        if (kind.Scope == KindScope.Domain && address is { Domain: null, Name: not null })
        {
            throw new BanyanException(ApiErrors.WrongScope, $"A {kind.Name} belongs to a domain. It is at '/api/v1/domains/DOMAIN/{kind.Plural}/{address.Name}'.");
        }

        var actor = context.GetActor();
        if (!kind.Allows(actor, verb, address.Domain, address.Name))
        {
            var what = address.Name is not null ? $"{kind.Name} '{address.FullName}'" : address.Domain is null ? $"all {kind.Plural}" : $"{kind.Plural} of domain '{address.Domain}'";
            var word = verb switch { ResourceVerb.Read => "read", ResourceVerb.Delete => "delete", ResourceVerb.WriteStatus => "write the status of", _ => "write" };
            throw new BanyanException(
                ResourceErrors.Forbidden, $"'{actor.Name}' ({actor.Role.ToString().ToLowerInvariant()}) may not {word} {what}. Use an administrator's credential.");
        }

        return address;
    }
}
