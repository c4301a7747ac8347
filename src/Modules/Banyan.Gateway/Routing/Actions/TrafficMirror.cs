using System.Text;
using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>Copies of a route's requests for a second service, whose answers nobody gets. They never hold the request itself back.</summary>
/// <param name="Cluster">Who gets the copies.</param>
/// <param name="BasisPoints">How many requests are copied, in hundredths of a percent.</param>
/// <param name="MaxInFlight">Copies under way at one time in this process; a request beyond it is not copied.</param>
/// <param name="Route">The route, as the mark names it.</param>
internal sealed record TrafficMirror(ClusterState Cluster, int BasisPoints, int MaxInFlight, RouteName Route)
{
    /// <summary>What the mark of a copy begins with, from the end of the line before.</summary>
    public static ReadOnlySpan<byte> Field => "\r\nX-Banyan-Mirror: "u8;

    /// <summary>The line that tells a copy from a request: <c>X-Banyan-Mirror: domain/name</c>.</summary>
    public byte[] Mark { get; } = Encoding.ASCII.GetBytes($"X-Banyan-Mirror: {Route}\r\n");

    /// <summary>True when a request with this random number is copied.</summary>
    /// <param name="random">Uniform between 0 and 9,999.</param>
    public bool Takes(int random) => random < BasisPoints;
}
