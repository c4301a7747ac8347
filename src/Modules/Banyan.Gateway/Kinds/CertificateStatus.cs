using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>What became of a certificate, as the gateway that wrote last sees it.</summary>
public sealed record CertificateStatus
{
    /// <summary>The generation of the spec this status is about.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>The names in the certificate.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>From when on it is valid.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>SHA-256 of the certificate, lower-case hexadecimal.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>True when some name, or the default, is served with it.</summary>
    public bool InUse { get; init; }

    /// <summary><c>Ready</c>: its clients get it as declared.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
