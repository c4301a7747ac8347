using Banyan.Gateway.Kinds;
using Banyan.Resources;

namespace Banyan.Gateway.Certificates;

/// <summary>
/// One declared certificate and the last of it that could be used: something broken never takes the place of something that works. Changed by the feed's worker only;
/// read by anybody.
/// </summary>
internal sealed class CertificateSource
{
    private readonly CertificateUse _use = new();
    private readonly FilePair? _files;
    private volatile CertificateEntry? _entry;
    private volatile string? _problem;

    private CertificateSource(ResourceMetadata? metadata, CertificateSpec spec)
    {
        Metadata = metadata;
        Spec = spec;
        _files = spec.CertificateFile is { } certificate && spec.PrivateKeyFile is { } key ? new FilePair(certificate, key) : null;
    }

    /// <summary>The object's metadata; null for the files of the options.</summary>
    public ResourceMetadata? Metadata { get; }

    /// <summary>The object's spec, with a mark instead of a key.</summary>
    public CertificateSpec Spec { get; }

    /// <summary>The object's name, or the option's.</summary>
    public string Name => Metadata?.ToResourceName().ToString() ?? "gateway.certificateFile";

    /// <summary>True when it comes from files, which change without the object.</summary>
    public bool HasFiles => _files is not null;

    /// <summary>What can be used; null when nothing ever could.</summary>
    public CertificateEntry? Entry => _entry;

    /// <summary>Why what is declared now cannot be used; null when it is.</summary>
    public string? Problem => _problem;

    /// <summary>The files named by the options, or null. They come last: whatever an object says about a name, or the default, goes before.</summary>
    public static CertificateSource? OfOptions(GatewayOptions options) => options.CertificateFile is null ? null : new CertificateSource(
        null, new CertificateSpec { CertificateFile = Path.GetFullPath(options.CertificateFile), PrivateKeyFile = Path.GetFullPath(options.PrivateKeyFile!), Default = true });

    /// <summary>An object as it is now; takes over what an earlier form of the same object has that works.</summary>
    public static CertificateSource Of(Resource<CertificateSpec, CertificateStatus> certificate, CertificateSource? earlier)
    {
        var source = new CertificateSource(certificate.Metadata, certificate.Spec);
        if (earlier?.Metadata?.Uid == certificate.Metadata.Uid)
        {
            source._entry = earlier?._entry;
        }

        return source;
    }

    /// <summary>True when an object differs from this one in what it wants.</summary>
    public bool Differs(ResourceMetadata now) => Metadata?.Uid != now.Uid || Metadata.Generation != now.Generation;

    /// <summary>Looks at the files.</summary>
    /// <returns>True when something changed.</returns>
    public bool Reload()
    {
        if (_files is null || !_files.TryReload(out var material, out var problem))
        {
            return false;
        }

        Take(material, problem);
        return true;
    }

    /// <summary>Takes texts.</summary>
    public void Take(string chainPem, string keyPem) => Take(CertificateMaterial.Read(chainPem, keyPem, out var problem), problem?.Message);

    private void Take(CertificateMaterial? material, string? problem)
    {
        if (material is not null)
        {
            var hosts = Spec.Hosts is { Count: > 0 } wanted ? [.. wanted.Select(CertificateNames.Normal)] : material.Names;
            var covered = hosts.Where(h => CertificateNames.Covers(material.Names, h)).ToArray();
            if (covered.Length < hosts.Count)
            {
                problem = $"The certificate is not for {CertificateNames.Listed([.. hosts.Except(covered)])}; it is for {CertificateNames.Listed(material.Names)}.";
            }

            var order = Metadata is null ? CertificateEntry.Last : Metadata.CreatedAt.UtcTicks;
            _entry = new CertificateEntry(Name, covered, Spec.Default == true, order, material, _entry?.Use ?? _use);
        }

        _problem = problem;
    }
}
