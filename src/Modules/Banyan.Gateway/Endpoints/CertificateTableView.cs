namespace Banyan.Gateway.Endpoints;

/// <summary>The certificates of this gateway. Body of <c>GET /api/v1/gateway/certificates</c>.</summary>
/// <param name="Https">Where TLS is served; absent when it is not.</param>
/// <param name="Version">One more with every change of the table.</param>
/// <param name="UnknownNames">Handshakes that asked for a name no certificate is for, or for none, since the process began.</param>
/// <param name="Certificates">Every declared certificate.</param>
internal sealed record CertificateTableView(string? Https, long Version, long UnknownNames, IReadOnlyList<CertificateView> Certificates);

/// <summary>One certificate and what became of it. Never its key.</summary>
/// <param name="Domain">Absent for the files of the options.</param>
/// <param name="Name">The object's name, or <c>gateway.certificateFile</c>.</param>
/// <param name="Source"><c>inline</c> or <c>files</c>.</param>
/// <param name="Default">True: also for clients that ask for an unknown name, or for none.</param>
/// <param name="Hosts">The hosts that get it.</param>
/// <param name="Names">The DNS names in it.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="NotBefore">From when on it is valid.</param>
/// <param name="NotAfter">Until when it is valid.</param>
/// <param name="DaysLeft">Whole days until it expires; negative when it has.</param>
/// <param name="Fingerprint">SHA-256, lower-case hexadecimal.</param>
/// <param name="InUse">True when some name, or the default, is served with it.</param>
/// <param name="Handshakes">How often clients were given it since the process began.</param>
/// <param name="Reason">One word: why it is not served as declared; absent when it is.</param>
/// <param name="Problem">The same as a sentence.</param>
internal sealed record CertificateView(
    string? Domain,
    string Name,
    string Source,
    bool Default,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Names,
    string? Issuer,
    DateTimeOffset? NotBefore,
    DateTimeOffset? NotAfter,
    int? DaysLeft,
    string? Fingerprint,
    bool InUse,
    long Handshakes,
    string? Reason,
    string? Problem);
