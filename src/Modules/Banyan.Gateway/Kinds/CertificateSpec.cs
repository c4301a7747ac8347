namespace Banyan.Gateway.Kinds;

/// <summary>What a developer wants: TLS connections for these hosts get this certificate. Either both texts, or both files.</summary>
public sealed record CertificateSpec
{
    /// <summary>
    /// Host names: <c>shop.example</c>, or <c>*.example</c> for every name one label below <c>example</c>. Each must be covered by the certificate. Absent = the
    /// names in the certificate.
    /// </summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>PEM: the server's certificate first, then those that issued it, without the root.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM of the private key (RSA of at least 2048 bits, or EC), not encrypted. Written and never read: where the object is shown, a mark stands for it.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>Instead of <see cref="Certificate"/>: its full path on the gateway's machine. Read again when it changes.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Instead of <see cref="PrivateKey"/>: its full path on the gateway's machine. Read again when it changes.</summary>
    public string? PrivateKeyFile { get; init; }

    /// <summary>True: also for clients that ask for a name no certificate is for, or for none. At most one. Default false.</summary>
    public bool? Default { get; init; }
}
