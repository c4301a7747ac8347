using Banyan.Store;

namespace Banyan.Resources.Storage;

/// <summary>Where things are in the store.</summary>
internal static class ResourceKeys
{
    public const string Audit = "/audit/";

    /// <summary><c>/resources/{plural}/{domain}/{name}</c>, or without the domain for cluster scope.</summary>
    public static StoreKey Object(ResourceKind kind, ResourceName name) =>
        name.Domain is null ? $"/resources/{kind.Plural}/{name.Name}" : $"/resources/{kind.Plural}/{name.Domain}/{name.Name}";

    /// <summary>Beside each object: which manager owns which fields. Apart from it, so that reading an object reads nothing else.</summary>
    public static StoreKey Owners(ResourceKind kind, ResourceName name) =>
        name.Domain is null ? $"/resource-owners/{kind.Plural}/{name.Name}" : $"/resource-owners/{kind.Plural}/{name.Domain}/{name.Name}";

    /// <summary>Beside each object with write-only fields: their values. Apart from it, so that nothing that shows the object can show them.</summary>
    public static StoreKey Secrets(ResourceKind kind, ResourceName name) =>
        name.Domain is null ? $"/resource-secrets/{kind.Plural}/{name.Name}" : $"/resource-secrets/{kind.Plural}/{name.Domain}/{name.Name}";

    /// <summary>Written by every creation in a domain, so that deleting a domain cannot race with a birth in it.</summary>
    public static StoreKey Births(string domain) => $"/domain-births/{domain}";

    public static StoreKey Prefix(ResourceKind kind, string? domain) =>
        domain is null || kind.Scope == KindScope.Cluster ? $"/resources/{kind.Plural}/" : $"/resources/{kind.Plural}/{domain}/";

    /// <summary>The name in a key of this kind.</summary>
    public static ResourceName NameOf(ResourceKind kind, StoreKey key)
    {
        var rest = key.ToString()["/resources/".Length..][(kind.Plural.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ResourceName(null, rest) : new ResourceName(rest[..slash], rest[(slash + 1)..]);
    }
}
