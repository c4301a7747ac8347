using System.Text;

namespace Banyan.Loops.Tls;

/// <summary>What the streams of one side have in common. Safe for concurrent use; streams keep what they need beyond <see cref="Dispose"/>.</summary>
public abstract class TlsContext : IDisposable
{
    private protected TlsContext(IReadOnlyList<string> protocols)
    {
        ProtocolNames = [.. protocols];
        using var list = new MemoryStream();
        foreach (var protocol in protocols)
        {
            var name = Encoding.ASCII.GetBytes(protocol);
            if (name.Length is 0 or > 255)
            {
                throw new LoopException($"'{protocol}' cannot be the name of an application protocol: 1 to 255 bytes are possible (RFC 7301). Use a registered name as 'http/1.1'.");
            }

            list.WriteByte((byte)name.Length);
            list.Write(name);
        }

        ProtocolList = list.ToArray();
    }

    /// <summary>True where TLS on the loops can be had; <see cref="MissingReason"/> says why not.</summary>
    public static bool IsSupported => MissingReason is null;

    /// <summary>Why TLS on the loops cannot be had here and what to install; null when it can.</summary>
    public static string? MissingReason => NativeTls.Reason;

    /// <summary>TLS connections of this process that hold native memory now.</summary>
    public static long OpenStreams => TlsStream.Open;

    /// <summary>What its streams came to.</summary>
    public TlsCounts Counts { get; } = new();

    /// <summary>Names of the application protocols, in order of preference.</summary>
    internal string[] ProtocolNames { get; }

    /// <summary>The same as they are written on the wire: each with its length before it.</summary>
    internal byte[] ProtocolList { get; }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The name as one of <see cref="ProtocolNames"/>, so that none is made a connection; null when it is none of them.</summary>
    internal string? ProtocolNamed(ReadOnlySpan<byte> name)
    {
        foreach (var protocol in ProtocolNames)
        {
            if (Ascii.Equals(name, protocol))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>A session came that can be resumed; true when it is kept, and then it is owned.</summary>
    internal virtual bool Keep(TlsStream stream, nint session) => false;
}
