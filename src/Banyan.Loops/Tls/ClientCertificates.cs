namespace Banyan.Loops.Tls;

/// <summary>Whether a server asks clients for a certificate.</summary>
public enum ClientCertificates
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>Asked for; a client without one is served, one whose certificate does not verify is not.</summary>
    Optional,

    /// <summary>Without a certificate that verifies there is no connection.</summary>
    Required,
}
