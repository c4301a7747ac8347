namespace Banyan.Gateway;

/// <summary>What moves the bytes of HTTP/1.1.</summary>
public enum GatewayTransport
{
    /// <summary><see cref="Loops"/> where the system has them, else <see cref="Framework"/>.</summary>
    Auto,

    /// <summary>The gateway's own event loops; Linux only.</summary>
    Loops,

    /// <summary>The framework's server and client.</summary>
    Framework,
}
