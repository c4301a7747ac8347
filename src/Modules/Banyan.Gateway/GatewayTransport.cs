namespace Banyan.Gateway;

/// <summary>What moves bytes: the same exchanges run on either.</summary>
public enum GatewayTransport
{
    /// <summary><see cref="Loops"/> where the system has what they need, else <see cref="Framework"/>.</summary>
    Auto,

    /// <summary>Loops over epoll, and OpenSSL where TLS is served; Linux only.</summary>
    Loops,

    /// <summary>Loops over the framework's sockets and TLS; every system.</summary>
    Framework,
}
