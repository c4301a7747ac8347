using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Banyan.Gateway.Certificates;

/// <summary>Names in certificates and how they cover hosts (RFC 6125 section 6.4: a wildcard stands for one whole leftmost label).</summary>
internal static class CertificateNames
{
    private const int MostShown = 6;

    /// <summary>The form names are compared in: lower-case, without the root dot.</summary>
    public static string Normal(string host) => host.TrimEnd('.').ToLowerInvariant();

    /// <summary>The DNS names of a certificate (subjectAltName; the subject's common name counts for no client any more), in the form names are compared in.</summary>
    public static IReadOnlyList<string> In(X509Certificate2 certificate) =>
        [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).Select(Normal).Distinct()];

    /// <summary>The names in the first certificate of a PEM text; none when it cannot be read.</summary>
    public static IReadOnlyList<string> In(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return In(certificate);
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    /// <summary>True when one of the names stands for a host; a wildcard host only by the same wildcard.</summary>
    public static bool Covers(IReadOnlyList<string> names, string host) =>
        names.Contains(host) || (!host.StartsWith("*.", StringComparison.Ordinal) && Wildcard(host) is { } wildcard && names.Contains(wildcard));

    /// <summary>The wildcard that covers a host: <c>*.example</c> for <c>shop.example</c>; null when none can.</summary>
    public static string? Wildcard(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || dot == host.Length - 1 ? null : string.Concat("*", host.AsSpan(dot));
    }

    /// <summary>For messages.</summary>
    public static string Listed(IReadOnlyList<string> names) =>
        names.Count == 0 ? "no name" : string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : string.Empty);
}
