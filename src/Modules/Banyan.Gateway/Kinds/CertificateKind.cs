using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>
/// The kind <c>Certificate</c>: which TLS certificate clients of which hosts get. Refused at apply: PEM that cannot be read, a key of another certificate, a chain out of
/// order, an expired certificate, hosts it is not for, and hosts another certificate has.
/// </summary>
/// <param name="clock">Says what has expired.</param>
public sealed class CertificateKind(TimeProvider clock) : ResourceKind<CertificateSpec, CertificateStatus>(
    "Certificate", "certificates", KindScope.Domain, "The TLS certificate that clients of a host get.", CertificateJson.Default.CertificateSpec, CertificateJson.Default.CertificateStatus)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> WriteOnlyFields => ["/spec/privateKey"];

    /// <inheritdoc/>
    public override IEnumerable<string> ClaimsOf(string? domain, CertificateSpec spec) => spec.Default == true ? [.. CertificateRules.HostsOf(spec), "default"] : CertificateRules.HostsOf(spec);

    /// <inheritdoc/>
    public override async ValueTask ValidateAsync(Resource<CertificateSpec, CertificateStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        var faults = CertificateRules.Check(resource.Spec, clock.GetUtcNow());
        foreach (var fault in faults)
        {
            v.Add(fault.Pointer, fault.Message, fault.Code);
        }

        // Only a spec that is right by itself can be compared.
        if (faults.Count == 0)
        {
            Compare(resource, await v.SharingAsync(this, resource, ct), v);
        }
    }

    private static void Compare(Resource<CertificateSpec, CertificateStatus> resource, IReadOnlyList<Resource<CertificateSpec, CertificateStatus>> others, ResourceValidation v)
    {
        var hosts = CertificateRules.HostsOf(resource.Spec);
        var named = resource.Spec.Hosts is { Count: > 0 };
        foreach (var other in others)
        {
            if (resource.Spec.Default == true && other.Spec.Default == true)
            {
                v.Add("/spec/default", $"Certificate '{other.Name}' is the default already. Take it from that one first.", "duplicate");
            }

            var theirs = CertificateRules.HostsOf(other.Spec);
            for (var i = 0; i < hosts.Count; i++)
            {
                if (theirs.Contains(hosts[i]))
                {
                    v.Add(
                        named ? $"/spec/hosts/{i}" : "/spec/hosts",
                        $"Certificate '{other.Name}' has host '{hosts[i]}' already. Name in 'hosts' what this one is for, or change that certificate.",
                        "duplicate");
                }
            }
        }
    }
}
