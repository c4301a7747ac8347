namespace Banyan.Gateway.Balancing;

/// <summary>How the instance of a request is chosen among those that may take it. Every kind respects weights, slow start and zones.</summary>
internal enum BalancerKind
{
    /// <summary>In turn, in proportion to weights, evenly interleaved. The default: shares are exact at any rate, and it needs no history.</summary>
    RoundRobin,

    /// <summary>By chance in proportion to weights.</summary>
    Random,

    /// <summary>The one with the fewest requests in progress for its weight.</summary>
    LeastRequest,

    /// <summary>The better of two drawn by chance: recent latency times requests in progress. Best where instances or requests differ in speed.</summary>
    LeastLatency,

    /// <summary>The same key to the same instance, unless that one has far more than its share in progress.</summary>
    Hash,
}
