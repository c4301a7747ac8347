using System.Collections.Frozen;

namespace Banyan.Gateway.Certificates;

/// <summary>Which certificate a client gets, by the name it asks for. Never changes; compiled whole and swapped by one reference.</summary>
internal sealed class CertificateSnapshot
{
    private readonly FrozenDictionary<string, CertificateEntry> _byHost;

    private CertificateSnapshot(
        long version, IReadOnlyList<CertificateEntry> entries, IReadOnlyList<CertificateConflict> conflicts, FrozenDictionary<string, CertificateEntry> byHost, CertificateEntry? byDefault)
    {
        Version = version;
        Entries = entries;
        Conflicts = conflicts;
        Default = byDefault;
        _byHost = byHost;
    }

    /// <summary>One more with every swap.</summary>
    public long Version { get; }

    /// <summary>All usable certificates, by name.</summary>
    public IReadOnlyList<CertificateEntry> Entries { get; }

    /// <summary>What was claimed twice.</summary>
    public IReadOnlyList<CertificateConflict> Conflicts { get; }

    /// <summary>For clients that ask for an unknown name or for none; null when no certificate is marked.</summary>
    public CertificateEntry? Default { get; }

    /// <summary>Every host with its certificate; a host <c>*.example</c> stands for one label below <c>example</c>.</summary>
    public IReadOnlyDictionary<string, CertificateEntry> ByHost => _byHost;

    public static CertificateSnapshot Compile(long version, IEnumerable<CertificateEntry> certificates)
    {
        var hosts = new Dictionary<string, CertificateEntry>(StringComparer.OrdinalIgnoreCase);
        var conflicts = new List<CertificateConflict>();
        CertificateEntry? byDefault = null;
        var all = certificates.OrderBy(e => e.Order).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
        foreach (var entry in all)
        {
            foreach (var host in entry.Hosts)
            {
                if (!hosts.TryAdd(host, entry) && entry.Order != CertificateEntry.Last)
                {
                    conflicts.Add(new CertificateConflict(entry.Name, hosts[host].Name, $"Certificate '{hosts[host].Name}' has host '{host}' already."));
                }
            }

            if (entry.Default && byDefault is not null && entry.Order != CertificateEntry.Last)
            {
                conflicts.Add(new CertificateConflict(entry.Name, byDefault.Name, $"Certificate '{byDefault.Name}' is the default already."));
            }
            else if (entry.Default)
            {
                byDefault ??= entry;
            }
        }

        return new CertificateSnapshot(
            version, [.. all.OrderBy(e => e.Name, StringComparer.Ordinal)], conflicts, hosts.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), byDefault);
    }

    /// <summary>The certificate for a name: the exact host, then the wildcard one label above. Null for an unknown name or none; see <see cref="Default"/>.</summary>
    /// <param name="serverName">As the client sent it (RFC 6066 section 3); empty when it sent none.</param>
    public CertificateEntry? Find(string serverName)
    {
        // A root dot is not allowed in it, but some send one.
        var host = serverName.TrimEnd('.');
        return _byHost.TryGetValue(host, out var exact) ? exact
            : CertificateNames.Wildcard(host) is { } wildcard && _byHost.TryGetValue(wildcard, out var below) ? below
            : null;
    }

    /// <summary>True when a name, or the default, is served with it.</summary>
    public bool Uses(CertificateEntry entry) => ReferenceEquals(Default, entry) || entry.Hosts.Any(h => ReferenceEquals(_byHost[h], entry));
}
