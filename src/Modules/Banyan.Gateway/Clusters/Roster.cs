using System.Collections.Immutable;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Policies;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// Who may take requests, until somebody comes, goes, is ejected or returns. Immutable; requests see one as a whole.
/// <code>
///  members ──up──▶ not ejected ──▶ All ──▶ Near (own zone) : NearShare of the requests
///                                    └───▶ Far             : the rest
/// </code>
/// </summary>
internal sealed class Roster
{
    private readonly Lazy<PickResult> _nobody;

    public Roster(ServiceName service, ImmutableArray<ClusterMember> members, TrafficSettings settings, string ownZone, long now)
    {
        Service = service;
        Members = members;
        _nobody = new Lazy<PickResult>(DescribeNobody);
        var up = members.Where(m => m.State == InstanceState.Up).ToArray();
        var eligible = up.Where(m => !m.Endpoint.Health.IsEjected(now)).ToArray();
        UpCount = up.Length;
        All = new CandidateGroup(eligible, settings.Balancer);
        Due = up.Where(m => m.Endpoint.Health.IsEjected(now)).Select(m => m.Endpoint.Health.Ejection!.Until).DefaultIfEmpty(long.MaxValue).Min();
        NearShare = 1;
        if (settings.PreferZone && settings.Balancer != BalancerKind.Hash && ownZone.Length > 0)
        {
            var near = eligible.Where(m => m.Zone == ownZone).ToArray();
            var share = Share(members, near.Sum(m => (long)m.Weight), settings.ZoneSpillBelow);
            if (near.Length > 0 && near.Length < eligible.Length)
            {
                Near = new CandidateGroup(near, settings.Balancer);
                Far = new CandidateGroup([.. eligible.Where(m => m.Zone != ownZone)], settings.Balancer);
                NearShare = share;
            }
        }
    }

    public ServiceName Service { get; }

    public ImmutableArray<ClusterMember> Members { get; }

    /// <summary>How many are up, the ejected included.</summary>
    public int UpCount { get; }

    /// <summary>Everybody who may take requests.</summary>
    public CandidateGroup All { get; }

    /// <summary>Those of the gateway's zone; null when zones make no difference.</summary>
    public CandidateGroup? Near { get; }

    /// <summary>Those of other zones; null when zones make no difference.</summary>
    public CandidateGroup? Far { get; }

    /// <summary>The part of the requests that <see cref="Near"/> takes, 0 to 1.</summary>
    public double NearShare { get; }

    /// <summary>When this roster is out of date: the first ejection that ends.</summary>
    public long Due { get; }

    /// <summary>Why there is nobody to choose; worked out once.</summary>
    public PickResult Nobody => _nobody.Value;

    // The zone's part of what it would have if all zones were alike and all were well: below the threshold it keeps in proportion.
    private static double Share(ImmutableArray<ClusterMember> members, long near, double spillBelow)
    {
        var zones = Math.Max(1, members.Select(m => m.Zone).Where(z => z.Length > 0).Distinct(StringComparer.Ordinal).Count());
        var fair = (double)members.Sum(m => (long)m.Weight) / zones;
        return spillBelow <= 0 ? 1 : Math.Min(1, near / fair / spillBelow);
    }

    private PickResult DescribeNobody()
    {
        if (Members.IsEmpty)
        {
            return PickResult.None(FailureReason.NoInstances, $"Service '{Service}' has no instance. Start one, or check that it registers under this name.");
        }

        var counts = string.Join(", ", Members.GroupBy(m => m.State).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
        var first = Members[0];
        var why = first.Reason.Length == 0 ? string.Empty : $" ('{first.Endpoint.Id}': {first.Reason})";
        return PickResult.None(FailureReason.NoInstanceUp, $"No instance of service '{Service}' is up: {counts}{why}.");
    }
}
