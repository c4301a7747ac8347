namespace Banyan.Gateway.Certificates;

/// <summary>One usable certificate with what it is for.</summary>
/// <param name="Name">The object's <c>domain/name</c>, or <c>gateway.certificateFile</c>.</param>
/// <param name="Hosts">Host names in normal form; <c>*.</c> in front for one label more.</param>
/// <param name="Default">True: also for clients without a known name.</param>
/// <param name="Order">Who was first keeps a host that two claim.</param>
/// <param name="Material">Chain and key.</param>
/// <param name="Use">Counts.</param>
internal sealed record CertificateEntry(string Name, IReadOnlyList<string> Hosts, bool Default, long Order, CertificateMaterial Material, CertificateUse Use)
{
    /// <summary>The order of what gives way to everything else without a word: the files of the options.</summary>
    public const long Last = long.MaxValue;
}
