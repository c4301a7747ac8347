namespace Banyan.Loops.Sockets;

/// <summary>How opening a connection went.</summary>
public enum ConnectStatus
{
    /// <summary>Open; with TLS also authenticated.</summary>
    Connected,

    /// <summary>Nothing listens there, or what listens has no room.</summary>
    Refused,

    /// <summary>The network or the host cannot be reached.</summary>
    Unreachable,

    /// <summary>The system gave up waiting. An owner's own deadline closes the stream instead.</summary>
    TimedOut,

    /// <summary>This process or system has no descriptor or port left.</summary>
    Exhausted,

    /// <summary>The other side's certificate or TLS handshake was not accepted.</summary>
    TlsFailed,

    /// <summary>Anything else; the error number says what.</summary>
    Failed,
}
