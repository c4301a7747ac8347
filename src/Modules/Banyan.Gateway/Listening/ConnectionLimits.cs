using System.Collections.Concurrent;
using System.Net;
using Banyan.Loops;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Listening;

/// <summary>How many clients may be connected, in all and from one address. Safe for concurrent use.</summary>
internal sealed class ConnectionLimits(EngineOptions options, GatewayMetrics metrics, ILogger<ConnectionLimits> log)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _open;

    /// <summary>Counts a client; false when it is one too many, and not counted.</summary>
    public bool TryEnter(IPAddress? address)
    {
        if (Interlocked.Increment(ref _open) > options.MaxConnections && options.MaxConnections > 0)
        {
            Interlocked.Decrement(ref _open);
            metrics.ConnectionRefused();
            return false;
        }

        if (options.MaxConnectionsPerClient > 0 && address is not null
            && _byAddress.AddOrUpdate(address, 1, static (_, count) => count + 1) > options.MaxConnectionsPerClient)
        {
            Leave(address);
            metrics.ConnectionRefused();
            return false;
        }

        return true;
    }

    /// <summary>A counted client has gone.</summary>
    public void Leave(IPAddress? address)
    {
        Interlocked.Decrement(ref _open);
        if (options.MaxConnectionsPerClient > 0 && address is not null && _byAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0)
        {
            // Only if nobody came in between.
            _byAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    }

    /// <summary>The system has no descriptor left for a client that waits.</summary>
    public void Paused(int error, TimeSpan pause) => GatewayLog.AcceptPaused(log, Errno.Describe(error), pause);
}
