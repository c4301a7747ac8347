using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>Copies of a route's requests for a second service, whose answers nobody gets. They never hold the request itself back.</summary>
/// <param name="Cluster">Who gets the copies.</param>
/// <param name="BasisPoints">How many requests are copied, in hundredths of a percent.</param>
/// <param name="MaxInFlight">Copies under way at one time in this process; a request beyond it is not copied.</param>
internal sealed record TrafficMirror(ClusterState Cluster, int BasisPoints, int MaxInFlight)
{
    /// <summary>True when a request with this random number is copied.</summary>
    /// <param name="random">Uniform between 0 and 9,999.</param>
    public bool Takes(int random) => random < BasisPoints;
}
