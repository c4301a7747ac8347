using Banyan.Contracts;
using Banyan.Gateway.Certificates;

namespace Banyan.Gateway.Kinds;

/// <summary>What a valid certificate object looks like, as pure functions.</summary>
internal static class CertificateRules
{
    public const int MaxHosts = 100;

    /// <summary>Every fault of one spec, each with its place; empty when it is valid.</summary>
    public static List<Fault> Check(CertificateSpec spec, DateTimeOffset now)
    {
        var faults = new List<Fault>();
        var material = (spec.Certificate ?? spec.PrivateKey, spec.CertificateFile ?? spec.PrivateKeyFile) switch
        {
            (null, null) => Fail(faults, "/spec/certificate", "There is no certificate. Give 'certificate' and 'privateKey' as PEM, or 'certificateFile' and 'privateKeyFile'.", "required"),
            (not null, not null) => Fail(faults, "/spec/certificateFile", "The certificate is given as text and as a file. Leave one of them out.", "conflict"),
            (not null, null) => Inline(spec, now, faults),
            _ => Files(spec, faults),
        };
        CheckHosts(spec, material, faults);
        return faults;
    }

    /// <summary>The names a certificate is for; of files only what <see cref="CertificateSpec.Hosts"/> says, because they are on another machine.</summary>
    public static IReadOnlyList<string> HostsOf(CertificateSpec spec) =>
        spec.Hosts is { Count: > 0 } hosts ? [.. hosts.Select(CertificateNames.Normal)]
        : spec.Certificate is { } pem ? CertificateNames.In(pem)
        : [];

    private static CertificateMaterial? Inline(CertificateSpec spec, DateTimeOffset now, List<Fault> faults)
    {
        // This field can be read by everybody who reads certificates.
        if (spec.Certificate?.Contains("PRIVATE KEY-----", StringComparison.Ordinal) == true)
        {
            return Fail(faults, "/spec/certificate", "There is a private key in it. Put it into 'privateKey', which nobody can read back.", "bad-certificate");
        }

        if (spec.Certificate is null || spec.PrivateKey is null)
        {
            var missing = spec.Certificate is null ? "certificate" : "privateKey";
            return Fail(faults, "/spec/" + missing, $"The field '{missing}' is missing: certificate and privateKey belong together.", "required");
        }

        if (CertificateMaterial.Read(spec.Certificate, spec.PrivateKey, out var problem) is not { } material)
        {
            return Fail(faults, problem!.OfKey ? "/spec/privateKey" : "/spec/certificate", problem.Message, "bad-certificate");
        }

        if (material.NotAfter <= now)
        {
            faults.Add(new Fault("/spec/certificate", $"The certificate expired at {material.NotAfter:u}. Have it issued again.", "expired"));
        }

        return material;
    }

    private static CertificateMaterial? Files(CertificateSpec spec, List<Fault> faults)
    {
        foreach (var (field, path) in new[] { ("certificateFile", spec.CertificateFile), ("privateKeyFile", spec.PrivateKeyFile) })
        {
            if (path is null)
            {
                Fail(faults, "/spec/" + field, $"The field '{field}' is missing: certificateFile and privateKeyFile belong together.", "required");
            }
            else if (!Path.IsPathFullyQualified(path))
            {
                Fail(faults, "/spec/" + field, $"'{path}' is not a full path. Write the path from the root on, as it is on the gateway's machine.", "bad-path");
            }
        }

        return null;
    }

    private static void CheckHosts(CertificateSpec spec, CertificateMaterial? material, List<Fault> faults)
    {
        var hosts = spec.Hosts ?? [];
        if (hosts.Count > MaxHosts)
        {
            faults.Add(new Fault("/spec/hosts", $"{hosts.Count} hosts; a certificate takes at most {MaxHosts}. Split it into several.", "out-of-range"));
            return;
        }

        if (hosts.Count == 0 && material is { Names.Count: 0 } && spec.Default != true)
        {
            faults.Add(new Fault("/spec/certificate", "The certificate has no DNS names (subjectAltName), so no client would get it. Have it issued with names, or mark it as default.", "bad-certificate"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < hosts.Count; i++)
        {
            var host = CertificateNames.Normal(hosts[i]);
            if (Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Dns)
            {
                faults.Add(new Fault($"/spec/hosts/{i}", $"'{hosts[i]}' is not a host name such as shop.example or *.example.", "bad-host"));
            }
            else if (!seen.Add(host))
            {
                faults.Add(new Fault($"/spec/hosts/{i}", $"'{hosts[i]}' is in the list twice. Remove one.", "duplicate"));
            }
            else if (material is not null && !CertificateNames.Covers(material.Names, host))
            {
                faults.Add(new Fault(
                    $"/spec/hosts/{i}", $"The certificate is not for '{hosts[i]}'; it is for {CertificateNames.Listed(material.Names)}. Remove the host, or have the certificate issued for it.", "bad-host"));
            }
        }
    }

    private static CertificateMaterial? Fail(List<Fault> faults, string pointer, string message, string code)
    {
        faults.Add(new Fault(pointer, message, code));
        return null;
    }
}
