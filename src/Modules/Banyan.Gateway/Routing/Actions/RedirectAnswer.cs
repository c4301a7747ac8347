using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>Sends the client elsewhere. What is not set stays as the client asked for it; the query always stays.</summary>
internal sealed class RedirectAnswer(int status, string? scheme, string? host, int? port, TargetRewrite? path)
{
    private readonly byte[]? _scheme = scheme is null ? null : Encoding.ASCII.GetBytes(scheme);
    private readonly byte[]? _host = host is null ? null : Encoding.ASCII.GetBytes(host);
    private readonly byte[]? _port = port is { } number ? Encoding.ASCII.GetBytes($":{number}") : null;

    /// <summary>301, 302, 303, 307 or 308.</summary>
    public int Status { get; } = status;

    /// <summary>How many bytes <see cref="TryWriteLocation"/> needs at most.</summary>
    public int MaxLength(int hostLength, int targetLength) => 16 + Math.Max(hostLength, _host?.Length ?? 0) + (path?.MaxLength(targetLength) ?? targetLength);

    /// <summary>Writes the value of <c>Location</c>; false when the place is too small. Allocates nothing.</summary>
    /// <param name="https">Whether the client came over TLS.</param>
    /// <param name="host">The authority as received. Its port goes when scheme or host change and no port is set.</param>
    /// <param name="target">The raw target in origin-form with its query.</param>
    /// <param name="to">Where to.</param>
    /// <param name="written">How much.</param>
    public bool TryWriteLocation(bool https, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, Span<byte> to, out int written)
    {
        written = 0;
        var name = RouteSnapshot.HostName(host);
        var port = _port ?? (_scheme is null && _host is null ? PortOf(host) : []);
        if (!Append(_scheme ?? (https ? "https"u8 : "http"u8), to, ref written) || !Append("://"u8, to, ref written)
            || !Append(_host ?? name, to, ref written) || !Append(port, to, ref written))
        {
            return false;
        }

        if (path is null)
        {
            return Append(target, to, ref written);
        }

        var fits = path.TryWrite(target, to[written..], out var more);
        written += more;
        return fits;
    }

    /// <summary>The value of <c>Location</c> as text.</summary>
    public string Location(bool https, string host, string target)
    {
        var name = Encoding.Latin1.GetBytes(host);
        var raw = Encoding.Latin1.GetBytes(target);
        var to = new byte[MaxLength(name.Length, raw.Length)];
        TryWriteLocation(https, name, raw, to, out var written);
        return Encoding.Latin1.GetString(to, 0, written);
    }

    private static ReadOnlySpan<byte> PortOf(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon >= 0 && (host[0] != '[' || host[colon - 1] == ']') ? host[colon..] : [];
    }

    private static bool Append(ReadOnlySpan<byte> part, Span<byte> to, ref int written)
    {
        if (!part.TryCopyTo(to[written..]))
        {
            return false;
        }

        written += part.Length;
        return true;
    }
}
