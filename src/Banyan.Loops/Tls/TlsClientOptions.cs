namespace Banyan.Loops.Tls;

/// <summary>How a client speaks TLS.</summary>
public sealed record TlsClientOptions
{
    /// <summary>Certificates in PEM that servers' certificates must come from; default null, those the system trusts.</summary>
    public string? AuthoritiesPem { get; init; }

    /// <summary>Default false. True accepts any certificate for any name: only for tests and where something else authenticates the server.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>Default TLS 1.2.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>Application protocols offered, in order of preference (RFC 7301); default none.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Shown when the server asks for one; default none.</summary>
    public TlsCertificate? Certificate { get; init; }
}
