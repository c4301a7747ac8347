using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Clusters;

/// <summary>Instances to choose from, with what choosing needs worked out beforehand. Immutable.</summary>
internal sealed class CandidateGroup
{
    public CandidateGroup(IReadOnlyList<ClusterMember> members, BalancerKind balancer)
    {
        Endpoints = [.. members.Select(m => m.Endpoint)];
        Weights = [.. members.Select(m => m.Weight)];
        TotalWeight = Weights.Sum(w => (long)w);
        Turns = balancer is BalancerKind.RoundRobin or BalancerKind.Random ? TurnSchedule.Build(Weights) : [];
        Ring = balancer == BalancerKind.Hash && Endpoints.Length > 0 ? new HashRing([.. Endpoints.Select(e => e.Id)], Weights) : null;
    }

    public Endpoint[] Endpoints { get; }

    public int[] Weights { get; }

    public long TotalWeight { get; }

    /// <summary>Places in <see cref="Endpoints"/> in the order of turns; empty for balancers without turns.</summary>
    public int[] Turns { get; }

    /// <summary>Null for balancers that do not hash.</summary>
    public HashRing? Ring { get; }
}
