namespace Banyan.Loops.Sockets;

/// <summary>How a listener is opened.</summary>
public sealed record ListenOptions
{
    /// <summary>Connections that may wait to be accepted; default 4096. The system caps it at net.core.somaxconn.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Default true: the listeners of several loops share one TCP address, and the system spreads connections over them.</summary>
    public bool SharedPort { get; init; } = true;

    /// <summary>Default true: a listener on an IPv6 wildcard address takes IPv4 as well.</summary>
    public bool DualStack { get; init; } = true;

    /// <summary>Permissions of a Unix socket's file; default read and write for the owner and the group.</summary>
    public UnixFileMode UnixMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
}
