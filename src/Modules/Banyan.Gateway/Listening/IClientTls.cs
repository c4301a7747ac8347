using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>The server's side of TLS, by what the loops' sockets are. Safe for concurrent use.</summary>
internal interface IClientTls : IDisposable
{
    /// <summary>Speaks TLS on a client's socket; null when no certificate can be used at the moment.</summary>
    LoopStream? Accept(LoopStream socket);
}
