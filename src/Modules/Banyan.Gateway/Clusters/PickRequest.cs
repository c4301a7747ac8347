using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Clusters;

/// <summary>What choosing an instance depends on.</summary>
/// <param name="Now">Now, in ticks of 100 ns; see <see cref="ClockTicks"/>.</param>
internal readonly record struct PickRequest(long Now)
{
    /// <summary>The hash of the request's key (<see cref="Balancing.KeyHash"/>); 0 = it has none.</summary>
    public ulong Key { get; init; }

    /// <summary>Who gives way when the service is full.</summary>
    public RequestPriority Priority { get; init; }

    /// <summary>Where the request has been. With any, it is a further attempt of a request admitted already, and limit and circuit are not asked again.</summary>
    public TriedEndpoints Tried { get; init; }
}
