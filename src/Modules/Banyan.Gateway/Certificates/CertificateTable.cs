namespace Banyan.Gateway.Certificates;

/// <summary>
/// Holds the current <see cref="CertificateSnapshot"/>. A handshake takes one reference; a swap touches no connection that stands. One writer.
/// </summary>
internal sealed class CertificateTable
{
    private volatile CertificateSnapshot? _current;
    private volatile IReadOnlyList<CertificateSource> _sources = [];
    private long _unknown;

    /// <summary>
    /// Raised before each swap, on the writer's thread, so that whatever the table shows is served; for TLS that keeps its own copy. Handlers must not block.
    /// </summary>
    public event Action<CertificateSnapshot>? Replacing;

    /// <summary>The table to use now; null until the certificates have been read once.</summary>
    public CertificateSnapshot? Current => _current;

    /// <summary>Everything that is declared, also what cannot be used.</summary>
    public IReadOnlyList<CertificateSource> Sources => _sources;

    /// <summary>How many handshakes asked for a name no certificate is for, or for none.</summary>
    public long UnknownNames => Interlocked.Read(ref _unknown);

    /// <summary>Compiles and swaps.</summary>
    public CertificateSnapshot Replace(IReadOnlyList<CertificateSource> sources)
    {
        var next = CertificateSnapshot.Compile((_current?.Version ?? 0) + 1, sources.Select(s => s.Entry).OfType<CertificateEntry>());
        Replacing?.Invoke(next);
        _sources = sources;
        _current = next;
        return next;
    }

    /// <summary>Somebody asked for an unknown name, or for none.</summary>
    public void CountUnknown() => Interlocked.Increment(ref _unknown);

    /// <summary>What a client gets, counted; null: nothing, it is to be refused.</summary>
    /// <param name="serverName">As the client sent it; empty or null when it sent none.</param>
    /// <param name="unknown">What to do with unknown names.</param>
    public CertificateEntry? Choose(string? serverName, UnknownTlsName unknown)
    {
        var table = _current;
        var found = string.IsNullOrEmpty(serverName) ? null : table?.Find(serverName);
        if (found is null)
        {
            CountUnknown();
            found = unknown == UnknownTlsName.Default ? table?.Default : null;
        }

        found?.Use.Count();
        return found;
    }
}
