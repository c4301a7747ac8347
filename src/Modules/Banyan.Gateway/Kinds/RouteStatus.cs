using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>What became of a route.</summary>
public sealed record RouteStatus
{
    /// <summary>The generation of the spec this status is about.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary><c>Accepted</c>: the route is in the table of every gateway as declared.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
