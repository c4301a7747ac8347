using Banyan.Contracts.Registry.V1;

namespace Banyan.Contracts.Registry;

/// <summary>Tells which instances there are. Provided by the registry; in-process or over gRPC with the same semantics.</summary>
public interface IInstanceDirectory
{
    /// <summary>All instances of one service in every state; empty for an unknown service.</summary>
    /// <exception cref="BanyanException">Unavailable: the node has no snapshot yet.</exception>
    ValueTask<LookupResponse> LookupAsync(LookupRequest request, CancellationToken cancellation);

    /// <summary>
    /// First one message with <c>Reset = true</c> and the whole selection, then deltas in order. A subscriber that is slow misses states in between, never
    /// the newest. Ends only by cancellation or with an exception; the caller subscribes again and gets a new reset.
    /// </summary>
    /// <exception cref="BanyanException">Unavailable: the node has no snapshot yet, or the connection was lost.</exception>
    IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, CancellationToken cancellation);
}
