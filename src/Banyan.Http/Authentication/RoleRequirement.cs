using Banyan.Resources;

namespace Banyan.Http.Authentication;

/// <summary>Endpoint metadata: which roles may call it.</summary>
/// <param name="Roles">The roles.</param>
public sealed record RoleRequirement(IReadOnlyList<ActorRole> Roles);
