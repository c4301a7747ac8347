using Banyan.Contracts;
using Banyan.Resources;

namespace Banyan.Http.Authentication;

/// <summary>A credential, without its token.</summary>
/// <param name="Name">Its name, unique.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Domain">Of a service credential: its domain.</param>
/// <param name="Service">Of a service credential: its service.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RotatedAt">When its token was last replaced; null when never.</param>
public sealed record Credential(string Name, ActorRole Role, string? Domain, string? Service, DateTimeOffset CreatedAt, DateTimeOffset? RotatedAt);

/// <summary>A credential with its token, which is told once and kept nowhere.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Token">The token.</param>
public sealed record IssuedCredential(Credential Credential, string Token)
{
    /// <summary>Without the token, so that it cannot slip into a log.</summary>
    public override string ToString() => $"IssuedCredential {Credential.Name}";
}

/// <summary>Verifies and issues credentials. Verification looks only into memory, kept up to date by a watch on the store. Safe for concurrent use.</summary>
public interface ICredentials
{
    /// <summary>Who a token belongs to; null when it is unknown. Waits for the first copy of the store's credentials.</summary>
    /// <param name="token">The token.</param>
    /// <param name="address">Where it came from, for the audit log.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="BanyanException">http/store-unavailable: the copy did not arrive in time.</exception>
    ValueTask<Actor?> VerifyAsync(string token, string address, CancellationToken ct);

    /// <summary>All credentials, by name.</summary>
    Task<IReadOnlyList<Credential>> ListAsync(CancellationToken ct);

    /// <summary>Creates a credential.</summary>
    /// <exception cref="BanyanException">http/credential-exists, http/credential-invalid with all faults.</exception>
    Task<IssuedCredential> CreateAsync(string name, ActorRole role, string? domain, string? service, Actor by, CancellationToken ct);

    /// <summary>Replaces a credential's token.</summary>
    /// <param name="name">Which.</param>
    /// <param name="overlap">How long the old token stays good beside the new one.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="BanyanException">http/credential-not-found.</exception>
    Task<IssuedCredential> RotateAsync(string name, TimeSpan overlap, Actor by, CancellationToken ct);

    /// <summary>Deletes a credential; its token is refused at once.</summary>
    /// <exception cref="BanyanException">http/credential-not-found, http/last-administrator.</exception>
    Task DeleteAsync(string name, Actor by, CancellationToken ct);
}
