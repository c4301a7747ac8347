using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Http.Authentication;

/// <summary>A credential as it is stored under <c>/credentials/{name}</c>.</summary>
internal sealed record StoredCredential
{
    public required string Name { get; init; }

    public required ActorRole Role { get; init; }

    public string? Domain { get; init; }

    public string? Service { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>SHA-256 of the token before the last rotation, while it overlaps.</summary>
    public byte[]? PreviousHash { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public Credential ToCredential() => new(Name, Role, Domain, Service, CreatedAt, RotatedAt);
}

/// <summary>What the audit log says of a credential: nothing secret.</summary>
internal sealed record AuditedCredential(string Name, ActorRole Role, string? Domain, string? Service, DateTimeOffset? RotatedAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredCredential))]
[JsonSerializable(typeof(AuditedCredential))]
internal sealed partial class CredentialJson : JsonSerializerContext;
