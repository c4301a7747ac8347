using Banyan.Resources;

namespace Banyan.Api.Kinds;

/// <summary>A tenant: identity, services, configuration and routes belong to one. It can be deleted only when nothing is in it.</summary>
public sealed class DomainKind() : ResourceKind<DomainSpec, DomainStatus>(
    "Domain", "domains", KindScope.Cluster, "A tenant: services, routes and configuration belong to one.", DomainJson.Default.DomainSpec, DomainJson.Default.DomainStatus)
{
    /// <summary>The domain that is there from the first start.</summary>
    public const string DefaultName = "default";

    /// <inheritdoc/>
    public override bool Allows(Actor actor, ResourceVerb verb, string? domain, string? name) =>
        actor.Role == ActorRole.Service ? verb == ResourceVerb.Read && name == actor.Domain : base.Allows(actor, verb, domain, name);

    /// <inheritdoc/>
    public override async ValueTask ValidateDeleteAsync(ResourceName name, ResourceValidation validation, CancellationToken cancellation)
    {
        foreach (var (kind, count) in await validation.CountObjectsInDomainAsync(name.Name, cancellation))
        {
            validation.Add(
                "/metadata/name", $"Domain '{name}' still contains {count} {(count == 1 ? kind.Name : kind.Plural)}. Delete what is in it first.", "in-use");
        }
    }
}
