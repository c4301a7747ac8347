namespace Banyan.Loops.Tls;

/// <summary>How a server speaks TLS.</summary>
public sealed record TlsServerOptions
{
    /// <summary>At least one; the first is for clients that name no host, or one that no certificate is for. Where two are for one name, the first counts.</summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>Default false. True: a client that names no host, or one that no certificate is for, gets the alert unrecognized_name (RFC 6066 section 3).</summary>
    public bool RefuseUnknownNames { get; init; }

    /// <summary>Told in each handshake which certificate its name found; null when none. On the stream's loop; must neither throw nor block. Default: nobody is told.</summary>
    public Action<TlsCertificate?>? OnName { get; init; }

    /// <summary>Default TLS 1.2.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>Application protocols in order of preference (RFC 7301); default <c>http/1.1</c>. A client that offers only others gets the alert
    /// no_application_protocol; one that offers none is served.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = ["http/1.1"];

    /// <summary>Default none.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>Certificates in PEM that clients' certificates must come from; needed when they are asked for.</summary>
    public string? ClientAuthoritiesPem { get; init; }

    /// <summary>Keys of session tickets. Give the same to all contexts of one service, also to those that replace others, so that sessions are resumed across them.
    /// Default: keys of its own.</summary>
    public TicketKeys? Tickets { get; init; }
}
