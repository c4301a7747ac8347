namespace Banyan.Resources;

/// <summary>What a credential may do.</summary>
public enum ActorRole
{
    /// <summary>Reads everything, writes nothing.</summary>
    Reader,

    /// <summary>Reads its own domain and registers instances of its own service.</summary>
    Service,

    /// <summary>Reads and writes everything.</summary>
    Administrator,

    /// <summary>A module of the platform itself.</summary>
    System,
}

/// <summary>Who acts.</summary>
/// <param name="Name">The credential's name, or the module's.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Domain">The domain a service credential is bound to.</param>
/// <param name="Service">The service a service credential is bound to.</param>
/// <param name="Address">Where the call came from; empty inside the process.</param>
public sealed record Actor(string Name, ActorRole Role, string? Domain, string? Service, string Address)
{
    /// <summary>The platform itself, for work no person asked for.</summary>
    public static Actor System { get; } = new("system", ActorRole.System, null, null, string.Empty);

    /// <summary>A module of the platform.</summary>
    public static Actor Module(string name) => new(name, ActorRole.System, null, null, string.Empty);
}
