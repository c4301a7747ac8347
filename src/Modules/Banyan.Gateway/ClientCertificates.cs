namespace Banyan.Gateway;

/// <summary>Whether clients show a certificate in the TLS handshake.</summary>
public enum ClientCertificates
{
    /// <summary>They are not asked.</summary>
    None,

    /// <summary>They are asked; one that is shown must be of <c>gateway.clientCa</c>.</summary>
    Optional,

    /// <summary>Without one of <c>gateway.clientCa</c> there is no connection.</summary>
    Required,
}
