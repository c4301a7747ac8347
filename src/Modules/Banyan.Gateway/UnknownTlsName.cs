namespace Banyan.Gateway;

/// <summary>What a client gets that asks for a name no certificate is for, or for none (RFC 6066 section 3).</summary>
public enum UnknownTlsName
{
    /// <summary>The certificate marked as default; a client that checks names then refuses. Without one, as <see cref="Refuse"/>.</summary>
    Default,

    /// <summary>The alert <c>unrecognized_name</c>, and the end of the connection.</summary>
    Refuse,
}
