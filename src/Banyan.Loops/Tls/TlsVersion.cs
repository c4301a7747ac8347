namespace Banyan.Loops.Tls;

/// <summary>The lowest version of TLS that is spoken.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246), with forward secrecy and authenticated encryption only.</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446).</summary>
    Tls13,
}
